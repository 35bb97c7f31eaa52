"""Action: one thing that moderation can do, with its permission, its effect, and how it is undone.

`run` is the only way to do it, for the admin, for commands and for rules that act by themselves. In one transaction it
locks the subject, checks rank and state, changes what is to be changed, closes reports, writes one Decision, and
enqueues the e-mails to those concerned.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from django.db import transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from structlog.contextvars import get_contextvars

from accounts.models import Member
from moderation.actions.changes import decisions_on, require_unchanged
from moderation.actors import Actor
from moderation.decision_notices import notify_member, notify_reporters
from moderation.errors import ActionRefused, AlreadyDecided, CannotUndo, OptionInvalid, ReasonInvalid, SubjectGone
from moderation.models import Decision, Report
from moderation.models.decision import NAME_MAX_LENGTH
from moderation.models.report import ReportQuerySet
from moderation.reasons import DECISION_REASONS, NEEDS_TEXT, TEXT_MAX_LENGTH


class Effect(NamedTuple):
    """What an action changed: values that an undo writes back, and values for the record. Both are stored as JSON."""

    before: Mapping[str, Any] = {}
    after: Mapping[str, Any] = {}
    # The decision that is undone by it.
    undoes_id: int | None = None


def lock_member(pk: int) -> Member:
    """Return the member, locked in the caller's transaction. Raises SubjectGone for one whose erasure has started.

    Locked before decisions, posts and reports, as the erasure of a member does, so that the two cannot wait for each
    other; a decision is then either committed before the erasure clears it, or not taken.
    """
    # no_key, so that posts and images of the member can be created meanwhile.
    member: Member | None = Member.objects.not_erased().select_for_update(no_key=True).filter(pk=pk).first()
    if member is None:
        raise SubjectGone
    return member


class Action:
    """One kind of decision; subclasses say what it does. Instances have no state."""

    name: ClassVar[str]
    label: ClassVar[Any]
    # One of moderation.roles.PERMISSIONS.
    permission: ClassVar[str]
    # What it is done to: "report", "post", "comment", "member" or "appeal".
    subject_kind: ClassVar[str]
    # The codes of moderation.reasons that it may have.
    reasons: ClassVar[Sequence[str]] = DECISION_REASONS
    # The options of `run` with their possible values, each with its name.
    options: ClassVar[Mapping[str, Mapping[Any, Any]]] = {}
    # Whether the member concerned gets a statement of reasons.
    notifies_member: ClassVar[bool] = True
    # The state in which it closes reports, if it closes any.
    closes_reports: ClassVar[str | None] = None
    has_undo: ClassVar[bool] = True
    # Whether the member may appeal against it.
    is_appealable: ClassVar[bool] = False

    # What subclasses define --------------------------------------------------------------------------------

    def lock(self, pk: int) -> Any:
        """Return the subject, locked in the caller's transaction. Raises SubjectGone."""
        raise NotImplementedError

    def member_of(self, subject: Any) -> Member | None:
        """Return the member whom the decision concerns; the actor must have a higher rank than they."""
        raise NotImplementedError

    def name_of(self, subject: Any) -> str:
        """Return the name of the subject that the decision keeps."""
        return str(subject)

    def displayed_name(self, subject: Any) -> str:
        """Return the name of the subject for the page on which it is decided, in the language of the present thread."""
        return self.name_of(subject)

    def check(self, subject: Any) -> None:
        """Raise AlreadyDecided when there is nothing to change."""

    def check_options(self, subject: Any, actor: Actor, **options: Any) -> None:
        """Raise a subclass of ActionRefused for options that change nothing, or that the actor must not choose."""

    def check_actor(self, subject: Any, actor: Actor) -> None:
        """Raise a subclass of ActionRefused for an actor who must not do it, whatever their rank and permissions."""

    def apply(self, subject: Any, actor: Actor, **options: Any) -> Effect:
        """Change what is to be changed."""
        return Effect()

    def revert(self, subject: Any, decision: Decision) -> Effect:
        """Undo a decision. Raises CannotUndo when something was changed since."""
        raise CannotUndo

    def check_undo(self, decision: Decision, actor: Actor) -> None:
        """Raise a subclass of ActionRefused for an actor who must not undo this decision, whatever their permission."""

    def tells_member(self, effect: Effect) -> bool:
        """Return whether the member concerned gets a statement of this decision."""
        return self.notifies_member

    def will_tell_member(self, subject: Any) -> bool:
        """Return whether the member concerned will get a statement, and so read the moderator's text."""
        return self.notifies_member

    def finish(self, subject: Any, decision: Decision) -> None:
        """Do what needs the id of the new decision."""

    def title(self, **options: Any) -> str:
        """Return what the button says: the label, and the options in words."""
        return ": ".join([str(self.label), *(str(self.options[name][value]) for name, value in options.items())])

    def title_of(self, decision: Decision) -> str:
        """Return what the button of a decision said."""
        return str(self.label)

    def reasons_for(self, subject: Any) -> Sequence[str]:
        """Return those of `reasons` that are possible for the subject as it is now."""
        return self.reasons

    def describe(self, subject: Any, **options: Any) -> list[str]:
        """Return sentences for the moderator that say what the action will change."""
        raise NotImplementedError

    def describe_undo(self, decision: Decision) -> list[str]:
        """Return sentences for the moderator that say what the undo of a decision will change."""
        raise NotImplementedError

    def statement(self, decision: Decision) -> list[str]:
        """Return sentences for the member: what was decided, and what it means."""
        return []

    def statement_of_undo(self, decision: Decision) -> list[str]:
        """Return sentences for the member: what the undo means."""
        return [_("It does not count any more.")]

    def reports_of(self, subject: Any, report: Report | None) -> ReportQuerySet:
        """Return the reports that the action closes, those that are closed already included."""
        return Report.objects.of_same_subject(report) if report else Report.objects.none()

    def is_report_of(self, subject: Any, report: Report) -> bool:
        """Return whether the report can be the cause of this action on the subject."""
        return True

    # What everybody calls ----------------------------------------------------------------------------------

    def may_run(self, subject: Any, *, by: Member | Actor, **options: Any) -> bool:
        """Return whether the actor may do it to the subject, as it is now; without options, with some of them."""
        return self.find_refusal(subject, by=by, **options) is None

    def find_refusal(self, subject: Any, *, by: Member | Actor, **options: Any) -> ActionRefused | None:
        """Return why the actor may not do it to the subject, as it is now; None if they may."""
        actor, member = Actor.of(by), self.member_of(subject)
        try:
            actor.require(self.permission)
            if member is not None:
                actor.require_rank_above(member)
            self.check(subject)
            self.check_actor(subject, actor)
            if options or not self.options:
                self.check_options(subject, actor, **options)
        except ActionRefused as refusal:
            return refusal
        return None

    def may_choose(self, subject: Any, actor: Actor, **options: Any) -> bool:
        """Return whether these options change something, and the actor may choose them."""
        try:
            self.check_options(subject, actor, **options)
        except ActionRefused:
            return False
        return True

    def is_possible(self, subject: Any) -> bool:
        """Return whether there is something to change, whoever does it."""
        try:
            self.check(subject)
        except AlreadyDecided:
            return False
        return True

    def preview(self, subject: Any, *, report: Report | None = None, **options: Any) -> list[str]:
        """Return sentences that say what will happen. Raises OptionInvalid."""
        self._check_options(options)
        number = self.reports_of(subject, report).open().count() if self.closes_reports else 0
        consequences = self.preview_consequences(number, tells_member=self.will_tell_member(subject))
        return [*self.describe(subject, **options), *consequences]

    def preview_consequences(self, number_of_reports: int, *, tells_member: bool) -> list[str]:
        """Return sentences that say whom an e-mail tells of it, and whether it can be undone."""
        sentences = []
        if number_of_reports:
            sentence = ngettext(
                "%(number)d open report is closed, and its reporter gets an e-mail.",
                "%(number)d open reports are closed, and their reporters get an e-mail.",
                number_of_reports,
            )
            sentences.append(sentence % {"number": number_of_reports})
        if tells_member:
            sentences.append(_("The member gets an e-mail with the reason and your text, but not your name."))
        if not self.has_undo:
            sentences.append(_("This cannot be undone."))
        return sentences

    def run(
        self,
        subject: Any,
        *,
        by: Member | Actor,
        reason: str,
        text: str = "",
        report: Report | None = None,
        seen: int | None = None,
        **options: Any,
    ) -> Decision:
        """Do it, and return the decision. Raises a subclass of ActionRefused, after which nothing is changed.

        `by` is a member of the staff or an Actor. `reason` is one of `reasons`, and `text` the moderator's own words,
        which the member reads where `notifies_member`. `report` is the report because of which it is done: reports of
        the same subject are closed with it. One that somebody else has closed meanwhile raises AlreadyDecided.
        `seen` is the number of decisions (`decisions_on`) that the actor knows of; after more, ChangedMeanwhile is
        raised.
        """
        actor = Actor.of(by)
        actor.require(self.permission)
        self._check_options(options)
        self._check_reason(reason, text)
        with transaction.atomic():
            locked = self.lock(subject.pk)
            member = self.member_of(locked)
            if member is not None:
                actor.require_rank_above(member)
            self.check_actor(locked, actor)
            reports = self._lock_reports(locked, report)
            self._check_report(locked, report, actor)
            self.check(locked)
            self.check_options(locked, actor, **options)
            self._check_reason_for(locked, reason)
            if seen is not None:
                require_unchanged(decisions_on(locked, report, actor), seen, action=self.name, by=actor)
            effect = self.apply(locked, actor, **options)
            decision = self._record(locked, member, actor, effect, reason=reason, text=text, report=report)
            self._close(reports, decision)
            self.finish(locked, decision)
            notify_member(decision)
        return decision

    def record_undo(self, decision: Decision, actor: Actor, *, reason: str, text: str) -> Decision:
        """Revert a locked decision and write the decision that does, for `moderation.actions.undo`, which checks."""
        if not self.has_undo or decision.subject_id is None:
            raise CannotUndo
        effect = self.revert(self.lock(decision.subject_id), decision)
        reopened = Report.objects.reopen(decision.pk)
        after = {**effect.after, **({"reports": [str(pk) for pk in reopened]} if reopened else {})}
        copied = ("subject_kind", "subject_id", "subject_name", "member_id", "is_notified", "report_id")
        fields = {name: getattr(decision, name) for name in copied} | {"reason": reason, "text": text}
        return self._save(actor, Effect(effect.before, after), action="undo", undoes_id=decision.pk, **fields)

    # Steps of `run` ----------------------------------------------------------------------------------------

    def _check_options(self, options: Mapping[str, Any]) -> None:
        if options.keys() != self.options.keys() or any(options[name] not in self.options[name] for name in options):
            raise OptionInvalid

    def _check_reason(self, reason: str, text: str) -> None:
        if reason not in self.reasons or (reason in NEEDS_TEXT and not text.strip()) or len(text) > TEXT_MAX_LENGTH:
            raise ReasonInvalid

    def _check_reason_for(self, subject: Any, reason: str) -> None:
        if reason not in self.reasons_for(subject):
            raise ReasonInvalid

    def _check_report(self, subject: Any, report: Report | None, actor: Actor) -> None:
        """Check the report, which is locked if it is open; a closed one is named again only by who upheld it."""
        if report is None:
            return
        current = Report.objects.filter(pk=report.pk).first()
        if current is None:
            raise SubjectGone
        if not self.is_report_of(subject, current):
            raise OptionInvalid
        if current.state == Report.OPEN:
            return
        closing = Decision.objects.filter(pk=current.decision_id or 0).first()
        is_own = closing and (closing.actor_id, closing.actor_name) == (actor.member_id, actor.name)
        if current.state != Report.UPHELD or not is_own:
            raise AlreadyDecided

    def _lock_reports(self, subject: Any, report: Report | None) -> list[int]:
        """Return the ids of the reports to close, locked in the order of their ids, so that no two actions deadlock."""
        if self.closes_reports is None:
            return []
        reports = self.reports_of(subject, report).open()
        return list(reports.order_by("pk").select_for_update().values_list("pk", flat=True))

    def _close(self, report_ids: list[int], decision: Decision) -> None:
        if self.closes_reports is not None and report_ids:
            Report.objects.filter(pk__in=report_ids).close(self.closes_reports, decision.pk)
            notify_reporters(report_ids, decision)

    def _record(
        self, subject: Any, member: Member | None, actor: Actor, effect: Effect, *, report: Report | None, **reason: str
    ) -> Decision:
        return self._save(
            actor,
            effect,
            action=self.name,
            subject_kind=self.subject_kind,
            subject_id=subject.pk,
            subject_name=Truncator(self.name_of(subject)).chars(NAME_MAX_LENGTH),
            member_id=member.pk if member else None,
            is_notified=member is not None and self.tells_member(effect),
            report_id=report.pk if report else None,
            undoes_id=effect.undoes_id,
            **reason,
        )

    @staticmethod
    def _save(actor: Actor, effect: Effect, **fields: Any) -> Decision:
        return Decision.objects.create(
            actor_kind=actor.kind,
            actor_id=actor.member_id,
            actor_name=actor.name,
            before=dict(effect.before),
            after=dict(effect.after),
            request_id=get_contextvars().get("request_id") or "",
            **fields,
        )
