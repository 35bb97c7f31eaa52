"""The first page of a moderator: the open cases, most urgent first, and what is done today."""

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from moderation.actions import ACTIONS
from moderation.actors import Actor
from moderation.admin.cases import count_reasons
from moderation.admin.images import reported_image_rows, reported_images
from moderation.models import Decision, Report
from moderation.priority import DUE_AFTER

CASES_SHOWN = 50
# What may be done to many cases at once.
BULK_ACTIONS = ("assign_report", "dismiss_report", "remove_post")
# What is recorded like a decision, and decides no case.
NO_DECISION_OF_A_CASE = ("assign_report", "undo", "reveal_email")


def queue_details(by: Actor, *, only_mine: bool = False) -> dict[str, Any]:
    """Return what the first page shows."""
    queue = Report.objects.queue().filter(assignee=by.member_id) if only_mine else Report.objects.queue()
    cases = list(queue[: CASES_SHOWN + 1])
    return {
        "cases": _with_details(cases[:CASES_SHOWN]),
        "has_more": len(cases) > CASES_SHOWN,
        "only_mine": only_mine,
        "open": _count_open(by),
        "today": _count_decisions_today(by),
        "bulk_actions": [
            action for name, action in ACTIONS.items() if name in BULK_ACTIONS and by.may(action.permission)
        ],
    }


def _with_details(cases: list[Any]) -> list[Any]:
    """Add its images, the reasons of its open reports, and whether it is overdue to each case, by two statements."""
    related = Report.objects.select_related("subject", "assignee", "post").annotate(snapshot_rows=reported_image_rows())
    details: dict[int, Any] = related.in_bulk([case.pk for case in cases])
    reasons, now = _reasons_of(cases), timezone.now()
    for case in cases:
        case.details = details[case.pk]
        case.shown_images = reported_images(details[case.pk].snapshot_rows)
        case.reasons = count_reasons(reasons[_subject_of(case)])
        case.is_overdue = now - case.reported_since > DUE_AFTER
    return cases


def _reasons_of(cases: list[Any]) -> dict[tuple[str, int], Counter[str]]:
    posts = Q(post__in=[case.post_id for case in cases if case.post_id])
    members = Q(about=Report.MEMBER, subject__in=[case.subject_id for case in cases if case.about == Report.MEMBER])
    found = Report.objects.open().filter(posts | members | Q(pk__in=[case.pk for case in cases]))
    reasons: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)
    for report in found.only("about", "post_id", "subject_id", "reason"):
        reasons[_subject_of(report)][report.reason] += 1
    return reasons


def _subject_of(report: Report) -> tuple[str, int]:
    subject = report.post_id if report.about == Report.POST else report.subject_id
    return report.about, subject or report.pk


def _count_open(by: Actor) -> dict[str, Any]:
    """Count the open reports, which an index lists: all, overdue ones, those of the actor, and each reason."""
    counts = {
        "reports": Count("pk"),
        "overdue": Count("pk", filter=Q(created_at__lte=timezone.now() - DUE_AFTER)),
        "mine": Count("pk", filter=Q(assignee=by.member_id)),
    }
    rows: list[Any] = list(Report.objects.open().order_by().values("reason").annotate(**counts))
    totals: dict[str, Any] = {name: sum(row[name] for row in rows) for name in counts}
    by_reason = count_reasons(Counter({row["reason"]: row["reports"] for row in rows}).elements())
    return totals | {"by_reason": by_reason}


def _count_decisions_today(by: Actor) -> dict[str, int]:
    """Count the decisions since midnight in the time zone of the page, without what decides no case."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = {"mine": Count("pk", filter=Q(actor_id=by.member_id)), "all": Count("pk")}
    decisions = Decision.objects.filter(created_at__gte=midnight).exclude(action__in=NO_DECISION_OF_A_CASE)
    return decisions.aggregate(**counts)
