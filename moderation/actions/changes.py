"""What was decided about a case since a moderator looked at it."""

from typing import Any

from django.db.models import Q, QuerySet

from moderation.actors import Actor
from moderation.errors import ChangedMeanwhile
from moderation.models import Decision, Report


def decisions_on(subject: Any, report: Report | None, by: Actor) -> QuerySet[Decision]:
    """Return the decisions on a subject and on the case of the report that the actor may read, the newest first."""
    kind = subject._meta.model_name
    found = Q(subject_kind=kind, subject_id=subject.pk)
    if kind == "member":
        found |= Q(member_id=subject.pk)
    case = subject if kind == "report" else report
    if case is not None:
        found |= _on_case(case)
    return Decision.objects.filter(found).not_of_reports_on(by.member_id).newest_first()


def _on_case(report: Report) -> Q:
    # A list and no subquery, with which the database would read all decisions.
    ids = list(Report.objects.of_same_subject(report).values_list("pk", flat=True))
    found = Q(report_id__in=ids) | Q(subject_kind="report", subject_id__in=ids)
    kind, pk = ("comment", report.comment_id) if report.comment_id else ("post", report.post_id)
    return found | Q(subject_kind=kind, subject_id=pk) if pk else found


def newest_since(decisions: QuerySet[Decision], seen: int) -> list[Decision]:
    """Return those that were added since there were `seen` of them: decisions are never deleted."""
    return list(decisions[: max(decisions.count() - seen, 0)])


def require_unchanged(decisions: QuerySet[Decision], seen: int, *, action: str, by: Actor) -> None:
    """Raise ChangedMeanwhile if somebody else added a decision since there were `seen`, or the actor the same one.

    Called under the lock of the subject.
    """
    if any(each.actor_id != by.member_id or each.action == action for each in newest_since(decisions, seen)):
        raise ChangedMeanwhile
