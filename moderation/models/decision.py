"""Decision: what was decided, by whom, why, and what it changed. The table is append-only."""

from typing import Any, NoReturn, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.member import NICKNAME_MAX_GRAPHEMES
from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.keyset.models import TimeOrdered
from moderation.actors import Actor
from moderation.models.report import Report
from moderation.pseudonyms import pseudonym
from moderation.reasons import REASON_LABELS
from moderation.roles import PERMISSIONS

NAME_MAX_LENGTH = NICKNAME_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME


def unnamed_report(pk: int) -> str:
    """Return the name that is stored for a report whose decision must not name the member; `subject_label` shows it."""
    return f"report {pk}"


class DecisionsAreAppendOnly(Exception):
    """Decisions are never changed or deleted; only the erasure of a member clears what names them."""


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Decisions by what and whom they are about."""

    def about(self, kind: str, pk: int) -> Self:
        """Decisions about a record: "post", "member", "report", "decision" or "appeal", by its id."""
        return self.filter(subject_kind=kind, subject_id=pk)

    def concerning(self, member: Any) -> Self:
        """Decisions that concern a member: about them, their posts, and reports of these."""
        return self.filter(member_id=member.pk)

    def not_of_reports_on(self, member_id: int | None) -> Self:
        """Decisions that are neither about a report on this member nor because of one; of nobody's for None."""
        reports = Report.objects.filter(subject=member_id or 0).values("pk")
        return self.filter(~Q(report_id__in=reports), ~Q(subject_kind="report", subject_id__in=reports))

    def not_undone(self) -> Self:
        """Decisions that no later one has undone, without those that undo others."""
        return self.filter(~Exists(Decision.objects.filter(undoes_id=OuterRef("pk"))), undoes_id=None)

    def newest_first(self) -> Self:
        """The order of lists."""
        return self.order_by("-created_at", "-id")

    def clear_member(self, member_id: int, ids: list[int]) -> int:
        """Clear what decisions that concern an erased member tell of them; a pseudonym takes the place of the id."""
        cleared: dict[str, Any] = {"subject_id": None, "subject_name": "", "text": "", "before": {}, "after": {}}
        return self._clear(ids, member_digest=pseudonym(member_id), member_id=None, **cleared)

    def clear_actor(self, member_id: int, ids: list[int]) -> int:
        """Put the pseudonym in the place of an erased member who took these decisions."""
        return self._clear(ids, actor_digest=pseudonym(member_id), actor_id=None, actor_name="")

    @transaction.atomic
    def _clear(self, ids: list[int], **fields: Any) -> int:
        return super(DecisionQuerySet, Decision.objects.filter(pk__in=ids)).update(**fields)

    def update(self, **fields: Any) -> NoReturn:
        """Raise DecisionsAreAppendOnly."""
        raise DecisionsAreAppendOnly

    def delete(self) -> NoReturn:
        """Raise DecisionsAreAppendOnly."""
        raise DecisionsAreAppendOnly


class Decision(TimeOrdered):
    """A decision, its reason and its effect.

    Other records are named by plain ids, which are never used again, so that nothing is deleted with them. Triggers of
    the database (moderation.decision_triggers) refuse every change but the one that the erasure of a member makes.
    """

    action = models.CharField(_("action"), max_length=40)
    # A kind of moderation.actors.Actor. The name is a nickname, or the user of the operating system.
    actor_kind = models.CharField(_("kind of actor"), max_length=10)
    actor_id = models.BigIntegerField(_("id of the actor"), null=True)
    actor_name = models.CharField(_("decided by"), max_length=NAME_MAX_LENGTH, blank=True)
    # What was acted on, with its name at that time: a nickname, or the beginning of a text.
    subject_kind = models.CharField(_("kind"), max_length=10)
    subject_id = models.BigIntegerField(_("id of the subject"), null=True)
    subject_name = models.CharField(_("subject"), max_length=NAME_MAX_LENGTH, blank=True)
    # The member whom it concerns: the author of the post, the reported member, the reporter who is muted.
    member_id = models.BigIntegerField(_("id of the member concerned"), null=True)
    # Whether the member gets a statement of reasons: by e-mail, and in the list of decisions about them.
    is_notified = models.BooleanField(_("told the member"), default=False)
    reason = models.CharField(_("reason"), max_length=20)
    # The moderator's own words, which the member reads too where `is_notified`.
    text = models.TextField(_("text"), blank=True)
    # What it changed; an undo writes `before` back.
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    report_id = models.BigIntegerField(_("id of the report"), null=True)
    undoes_id = models.BigIntegerField(_("id of the decision that it undoes"), null=True)
    request_id = models.CharField(_("request id"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("time"), default=timezone.now, editable=False)
    # Pseudonyms of erased members (moderation.pseudonyms).
    actor_digest = models.CharField(max_length=64, blank=True)
    member_digest = models.CharField(max_length=64, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ("view",)
        permissions = [(name, label) for name, label in PERMISSIONS.items()]
        constraints = [
            models.UniqueConstraint(
                fields=["undoes_id"], condition=Q(undoes_id__isnull=False), name="decision_undone_once"
            )
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="decision_list"),
            models.Index(fields=["member_id", "created_at", "id"], name="decision_of_member"),
            models.Index(fields=["actor_id", "created_at", "id"], name="decision_by_actor"),
            models.Index(fields=["subject_kind", "subject_id"], name="decision_about"),
            models.Index(fields=["report_id"], name="decision_of_report", condition=Q(report_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.subject_kind} {self.subject_id}"

    @property
    def reason_label(self) -> str:
        """The reason in words, in the language of the present thread."""
        return str(REASON_LABELS.get(self.reason, self.reason))

    @property
    def subject_label(self) -> str:
        """The name of the subject, in the language of the present thread where it is no name of somebody's."""
        if self.subject_kind == "report" and self.subject_name == unnamed_report(self.subject_id or 0):
            return gettext("report %(number)s") % {"number": self.subject_id}
        return self.subject_name

    @property
    def decider_name(self) -> str:
        """Who decided, in words. Of an operator at the command line the name proves nothing: anybody's can be given."""
        if self.actor_kind == Actor.OPERATOR:
            return gettext("%(name)s (command)") % {"name": self.actor_name}
        return self.actor_name or gettext("by a rule")

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the decision. Raises DecisionsAreAppendOnly when it is stored already."""
        if not self._state.adding:
            raise DecisionsAreAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raise DecisionsAreAppendOnly."""
        raise DecisionsAreAppendOnly
