"""Report: a member reports a member, a post or a comment, with a snapshot of what was reported."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.member import NICKNAME_MAX_GRAPHEMES
from comments.models import Comment
from libs.api.fields import CODE_POINTS_IN_GRAPHEME
from libs.keyset.models import TimeOrdered
from moderation.models.reported_image import ReportedImage
from moderation.priority import DUE_AFTER, by_priority
from moderation.reasons import VIOLATIONS
from posts.models import Post

REASONS = tuple(VIOLATIONS)


class ReportQuerySet(models.QuerySet["Report"]):
    """Reports by their state and by what became of their members."""

    def open(self) -> Self:
        """Reports that nobody has decided yet."""
        return self.filter(state=Report.OPEN)

    def not_on(self, member: Any) -> Self:
        """Reports that are not on this member: nobody reads who reported them."""
        return self.filter(Q(subject=None) | ~Q(subject=member.pk))

    def queue(self) -> "models.QuerySet[Report, dict[str, Any]]":
        """The subjects of open reports, the most urgent first, as `by_priority` describes them."""
        rows: models.QuerySet[Report, dict[str, Any]] = by_priority(self.open())
        return rows

    def of_places(self, places: "Sequence[dict[str, Any]]") -> "list[Any]":
        """The oldest report of each of these places of the queue, with what `by_priority` tells of the subject."""
        reports: dict[int, Any] = self.in_bulk([place["oldest"] for place in places])
        for place in places:
            vars(reports[place["oldest"]]).update(place)
        return [reports[place["oldest"]] for place in places]

    def overdue(self) -> Self:
        """Open reports that should have been decided by now."""
        return self.open().filter(created_at__lte=timezone.now() - DUE_AFTER)

    def of_same_subject(self, report: "Report") -> Self:
        """Reports of what a report is about: the same post, comment or member. Of a deleted one the report alone."""
        return self.filter(_same_subject(report))

    def of_same_subjects(self, subjects: Iterable[Any]) -> Self:
        """Reports of these posts and comments, and of what these reports are about."""
        same = [
            _same_subject(each) if isinstance(each, Report) else Q(**{each._meta.model_name: each.pk})
            for each in subjects
        ]
        return self.filter(reduce(or_, same, Q(pk__in=[])))

    def close(self, state: str, decision_id: int) -> list[int]:
        """Close the open ones among these reports by a decision, in the caller's transaction; returns their ids."""
        ids = list(self.open().order_by("pk").select_for_update().values_list("pk", flat=True))
        Report.objects.filter(pk__in=ids).update(state=state, decided_at=timezone.now(), decision_id=decision_id)
        return ids

    def reopen(self, decision_id: int) -> list[int]:
        """Reopen the reports that a decision closed; returns their ids.

        One whose reporter has reported the same again meanwhile stays closed: the newer one is open.
        """
        closed = list(Report.objects.filter(decision_id=decision_id).order_by("pk").select_for_update())
        ids = [report.pk for report in closed if not report.is_repeated()]
        Report.objects.filter(pk__in=ids).update(state=Report.OPEN, decided_at=None, decision_id=None)
        return ids

    def to_forget(self) -> Self:
        """Reports on members who are erased: all decided, or erased ERASED_MEMBER_REPORT_DAYS ago."""
        remaining = self.filter(subject_erased_at__isnull=False, forgotten_at=None)
        undecided = remaining.filter(state=Report.OPEN).values("subject_digest")
        return remaining.filter(Q(subject_erased_at__lte=_oldest_erasure()) | ~Q(subject_digest__in=undecided))

    def with_text_to_clear(self) -> Self:
        """Reports that still hold the text of an erased member: decided, or erased ERASED_MEMBER_REPORT_DAYS ago."""
        remaining = self.filter(reporter_erased_at__isnull=False, forgotten_at=None).exclude(text="")
        return remaining.filter(Q(reporter_erased_at__lte=_oldest_erasure()) | ~Q(state=Report.OPEN))

    @transaction.atomic
    def forget(self) -> int:
        """Delete texts and images; reason, dates and pseudonyms stay. Returns how many reports these are."""
        ids = list(self.values_list("pk", flat=True))
        ReportedImage.objects.filter(report__in=ids).discard()
        empty = {"text": "", "nickname": "", "subject_text": "", "subject_created_at": None}
        return Report.objects.filter(pk__in=ids).update(**empty, forgotten_at=timezone.now())


class Report(TimeOrdered):
    """A report of a member, a post or a comment; `subject` is the reported member, or the author of the others.

    The snapshot is `nickname`, `subject_text` (the text, or the member's `about`), `subject_created_at` and
    the rows of ReportedImage. It stays although the subject is changed or deleted.
    """

    MEMBER, POST, COMMENT = "member", "post", "comment"
    OPEN, DISMISSED, UPHELD = "open", "dismissed", "upheld"

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("reporter"),
        null=True,
        related_name="reports_made",
        db_index=False,
    )
    subject = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("reported member"),
        null=True,
        related_name="reports_met",
        db_index=False,
    )
    about = models.CharField(
        _("kind"), max_length=10, choices=[(MEMBER, _("member")), (POST, _("post")), (COMMENT, _("comment"))]
    )
    post = models.ForeignKey(Post, models.SET_NULL, verbose_name=_("post"), null=True, related_name="reports")
    comment = models.ForeignKey(
        Comment, models.SET_NULL, verbose_name=_("comment"), null=True, related_name="reports", db_index=False
    )
    reason = models.CharField(_("reason"), max_length=20, choices=list(VIOLATIONS.items()))
    # The reporter's own words.
    text = models.TextField(_("text"), blank=True)
    state = models.CharField(
        _("state"),
        max_length=10,
        choices=[(OPEN, _("open")), (DISMISSED, _("dismissed")), (UPHELD, _("upheld"))],
        default=OPEN,
    )
    created_at = models.DateTimeField(_("reported"), default=timezone.now, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    # The Decision that closed it; a plain id, as decisions are never deleted.
    decision_id = models.BigIntegerField(null=True, editable=False)
    # The moderator who has taken it over.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        verbose_name=_("taken over by"),
        null=True,
        related_name="+",
        db_index=False,
    )
    assigned_at = models.DateTimeField(_("taken over"), null=True, editable=False)
    nickname = models.CharField(
        _("nickname then"), max_length=NICKNAME_MAX_GRAPHEMES * CODE_POINTS_IN_GRAPHEME, blank=True
    )
    subject_text = models.TextField(_("text then"), blank=True, db_column="words")
    subject_created_at = models.DateTimeField(_("created"), null=True, db_column="subject_since")
    # Pseudonyms of erased members (see moderation.pseudonyms), and when they were erased.
    reporter_digest = models.CharField(max_length=64, blank=True)
    subject_digest = models.CharField(max_length=64, blank=True)
    reporter_erased_at = models.DateTimeField(null=True)
    subject_erased_at = models.DateTimeField(null=True)
    # When texts and images were deleted.
    forgotten_at = models.DateTimeField(_("texts and images deleted"), null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["reporter", "subject"], condition=Q(state="open", about="member"), name="report_member_once"
            ),
            models.UniqueConstraint(
                fields=["reporter", "post"], condition=Q(state="open", about="post"), name="report_post_once"
            ),
            models.UniqueConstraint(
                fields=["reporter", "comment"], condition=Q(state="open", about="comment"), name="report_comment_once"
            ),
            models.CheckConstraint(condition=~Q(reporter=F("subject")), name="report_not_oneself"),
        ]
        indexes = [
            models.Index(fields=["reporter", "-created_at", "-id"], name="report_list"),
            models.Index(fields=["subject", "state"], name="report_subject"),
            models.Index(
                fields=["created_at", "about", "post", "comment", "subject", "reason", "reporter", "assignee", "id"],
                name="report_open",
                condition=Q(state="open"),
            ),
            models.Index(fields=["comment"], name="report_of_comment", condition=Q(comment__isnull=False)),
            models.Index(fields=["assignee"], name="report_assignee", condition=Q(assignee__isnull=False)),
            models.Index(fields=["decision_id"], name="report_decision", condition=Q(decision_id__isnull=False)),
            models.Index(
                fields=["subject_digest", "state"],
                name="report_to_forget",
                condition=Q(subject_erased_at__isnull=False, forgotten_at=None),
            ),
            models.Index(
                fields=["reporter_erased_at"],
                name="report_reporter_gone",
                condition=Q(reporter_erased_at__isnull=False, forgotten_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason}: a {self.about}"

    def is_repeated(self) -> bool:
        """Whether its reporter has another open report of the same subject."""
        others = Report.objects.open().of_same_subject(self).exclude(pk=self.pk)
        return self.reporter_id is not None and others.filter(reporter=self.reporter_id).exists()


def _same_subject(report: Report) -> Q:
    if report.about == Report.POST and report.post_id:
        return Q(post=report.post_id)
    if report.about == Report.COMMENT and report.comment_id:
        return Q(comment=report.comment_id)
    if report.about == Report.MEMBER and report.subject_id:
        return Q(about=Report.MEMBER, subject=report.subject_id)
    return Q(pk=report.pk)


def _oldest_erasure() -> datetime:
    return timezone.now() - timedelta(days=settings.ERASED_MEMBER_REPORT_DAYS)
