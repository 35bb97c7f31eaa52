"""The first page of a moderator: the open cases, most urgent first, and what is done today."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from moderation.actions import ACTIONS
from moderation.actors import Actor
from moderation.admin.cases import count_reasons
from moderation.admin.images import reported_image_rows, reported_images
from moderation.models import Decision, Report
from moderation.models.report import ReportQuerySet
from moderation.priority import DUE_AFTER, subject_key
from moderation.reasons import VIOLATIONS

CASES_SHOWN = 50
# What may be done to many cases at once.
BULK_ACTIONS = ("assign_report", "dismiss_report", "remove_post", "remove_comment")
# What is recorded like a decision, and decides no case.
NO_DECISION_OF_A_CASE = ("assign_report", "undo", "reveal_email")


def queue_details(by: Actor, *, only_mine: bool = False) -> dict[str, Any]:
    """Return what the first page shows."""
    seen = _reports_for(by)
    places = list((seen.filter(assignee=by.member_id) if only_mine else seen).queue()[: CASES_SHOWN + 1])
    return {
        "cases": _with_details(places[:CASES_SHOWN]),
        "has_more": len(places) > CASES_SHOWN,
        "only_mine": only_mine,
        "open": _count_open(by),
        "today": _count_decisions_today(by),
        "bulk_actions": [
            action for name, action in ACTIONS.items() if name in BULK_ACTIONS and by.may(action.permission)
        ],
    }


def next_case(by: Actor, *, after: Report | None = None) -> Report | None:
    """Return the most urgent case of the queue's page that nobody else has taken over, but that of `after`."""
    skipped = _subject_of(after) if after is not None else None
    cases = Report.objects.of_places(list(_reports_for(by).queue()[: CASES_SHOWN + 1]))
    free = (case for case in cases if case.assignee_id in (None, by.member_id))
    return next((case for case in free if _subject_of(case) != skipped), None)


def _reports_for(by: Actor) -> ReportQuerySet:
    """Return the reports without those on the actor, which do not exist for them."""
    return Report.objects.not_on(by.member)


def _with_details(places: list[dict[str, Any]]) -> list[Any]:
    """Return the oldest report of each case with its images, the reasons of all its open reports, and what is overdue.

    Two statements, whatever the number.
    """
    cases = Report.objects.select_related("assignee").annotate(snapshot_rows=reported_image_rows()).of_places(places)
    reasons, now = _reasons_of(cases), timezone.now()
    for case in cases:
        case.shown_images = reported_images(case.snapshot_rows)
        case.reasons = count_reasons(reasons[_subject_of(case)])
        case.is_overdue = now - case.reported_since > DUE_AFTER
    return cases


def _reasons_of(cases: list[Any]) -> dict[tuple[str, int], Counter[str]]:
    posts = Q(post__in=[case.post_id for case in cases if case.post_id])
    comments = Q(comment__in=[case.comment_id for case in cases if case.comment_id])
    members = Q(about=Report.MEMBER, subject__in=[case.subject_id for case in cases if case.about == Report.MEMBER])
    found = Report.objects.open().filter(posts | comments | members | Q(pk__in=[case.pk for case in cases]))
    reasons: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for report in found.only("about", "post_id", "comment_id", "subject_id", "reason"):
        reasons[_subject_of(report)][report.reason] += 1
    return reasons


def _subject_of(report: Report) -> tuple[str, int]:
    ids = {Report.POST: report.post_id, Report.COMMENT: report.comment_id, Report.MEMBER: report.subject_id}
    subject = ids[report.about]
    return report.about, subject or report.pk


def _count_open(by: Actor) -> dict[str, Any]:
    """Count the open cases (all, overdue, those of the actor) and the reports of each reason; an index has them."""
    cases: Any = _reports_for(by).open().order_by().annotate(key=subject_key()).values("key")
    of_reasons = {reason: Count("pk", filter=Q(reason=reason)) for reason in VIOLATIONS}
    own = Count("pk", filter=Q(assignee=by.member_id))
    cases = cases.annotate(since=Min("created_at"), reports_own=own, **of_reasons)
    totals: dict[str, Any] = cases.aggregate(
        cases=Count("key"),
        overdue=Count("key", filter=Q(since__lte=timezone.now() - DUE_AFTER)),
        mine=Count("key", filter=Q(reports_own__gt=0)),
        **{f"of_{reason}": Sum(reason, default=0) for reason in of_reasons},
    )
    by_reason = Counter({reason: totals[f"of_{reason}"] for reason in of_reasons})
    return totals | {"by_reason": count_reasons(+by_reason)}


def _count_decisions_today(by: Actor) -> dict[str, int]:
    """Count the decisions since midnight in the time zone of the page, without what decides no case."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = {"mine": Count("pk", filter=Q(actor_id=by.member_id)), "all": Count("pk")}
    decisions = Decision.objects.filter(created_at__gte=midnight).exclude(action__in=NO_DECISION_OF_A_CASE)
    return decisions.aggregate(**counts)
