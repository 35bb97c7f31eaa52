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
from moderation.priority import DUE_AFTER, subject_key

CASES_SHOWN = 50
# What may be done to many cases at once.
BULK_ACTIONS = ("assign_report", "dismiss_report", "remove_post")
# What is recorded like a decision, and decides no case.
NO_DECISION_OF_A_CASE = ("assign_report", "undo", "reveal_email")


def queue_details(by: Actor, *, only_mine: bool = False) -> dict[str, Any]:
    """Return what the first page shows."""
    queue = _reports_for(by).queue()
    cases = list((queue.filter(assignee=by.member_id) if only_mine else queue)[: CASES_SHOWN + 1])
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


def next_case(by: Actor, *, after: Report | None = None) -> Report | None:
    """Return the most urgent case of the queue's page that nobody else has taken over, but that of `after`."""
    skipped = _subject_of(after) if after is not None else None
    free = (case for case in _reports_for(by).queue()[: CASES_SHOWN + 1] if case.assignee_id in (None, by.member_id))
    return next((case for case in free if _subject_of(case) != skipped), None)


def _reports_for(by: Actor) -> Any:
    """Return the reports without those on the actor, which do not exist for them."""
    return Report.objects.not_on(by.member)


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
    """Count the open cases (all, overdue, those of the actor) and the reports of each reason; an index has them."""
    overdue, mine = Q(created_at__lte=timezone.now() - DUE_AFTER), Q(assignee=by.member_id)
    filters = {"cases": None, "overdue": overdue, "mine": mine}
    counts = {name: Count(subject_key(), distinct=True, filter=each) for name, each in filters.items()}
    reports = _reports_for(by).open().order_by()
    by_reason = dict(reports.values_list("reason").annotate(number=Count("pk")))
    totals: dict[str, Any] = reports.aggregate(**counts)
    return totals | {"by_reason": count_reasons(Counter(by_reason).elements())}


def _count_decisions_today(by: Actor) -> dict[str, int]:
    """Count the decisions since midnight in the time zone of the page, without what decides no case."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    counts = {"mine": Count("pk", filter=Q(actor_id=by.member_id)), "all": Count("pk")}
    decisions = Decision.objects.filter(created_at__gte=midnight).exclude(action__in=NO_DECISION_OF_A_CASE)
    return decisions.aggregate(**counts)
