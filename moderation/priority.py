"""The order in which reports are decided: severity, number of reporters, and age against a clock of 24 hours.

Reports of one subject have one place. Its priority is the severity of the worst reason, times the number of reporters,
times the age of the oldest report in days: a report of spam by one member reaches after a day what one of violence has
after eight hours. Reports about the safety of children come before all others. Muted reporters are not counted.
"""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Exists, F, FloatField, Func, Max, Min, OuterRef, Q, Sum, Value, When, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from moderation.models.muted_reporter import MutedReporter

# By when a report is decided: what the app stores ask for.
DUE_AFTER = timedelta(hours=24)
SEVERITY = {
    "child_safety": 10, "self_harm": 8, "violence": 6, "illegal": 6, "hate": 5, "nudity": 4, "harassment": 4,
    "impersonation": 3, "spam": 2, "other": 2, "unspecified": 2,
}  # fmt: skip
DAY_SECONDS = 86_400.0


class _Epoch(Func):
    """A time as seconds since 1970, so that both databases can multiply with an age."""

    output_field = FloatField()
    template = "((julianday(%(expressions)s) - 2440587.5) * 86400)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="EXTRACT(EPOCH FROM %(expressions)s)", **context)


def by_priority(reports: Any) -> Any:
    """Return the oldest report of each subject among open reports, the most urgent first.

    Each has `reporters` (those who are not muted), `severity`, `reported_since` and `priority`. The query reads open
    reports only, by their index.
    """
    subject: list[Any] = [F("about"), subject_key()]
    is_counted = ~Q(is_muted=True)
    severity = Case(*[When(reason=reason, then=Value(weight)) for reason, weight in SEVERITY.items()], default=Value(2))
    # One open report for each reporter and subject, so the number of reports is that of reporters.
    muted = MutedReporter.objects.filter(member=OuterRef("reporter_id"))
    annotated = reports.annotate(is_muted=Exists(muted)).annotate(
        place=Window(RowNumber(), partition_by=subject, order_by=["created_at", "id"]),
        reporters=Window(Sum(Case(When(is_counted, then=Value(1)), default=Value(0))), partition_by=subject),
        severity=Window(Max(Case(When(is_counted, then=severity), default=Value(0))), partition_by=subject),
        reported_since=Window(Min("created_at"), partition_by=subject),
    )
    age = (Value(timezone.now().timestamp(), FloatField()) - _Epoch(F("reported_since"))) / Value(DAY_SECONDS)
    priority = models.ExpressionWrapper(F("severity") * F("reporters") * age, FloatField())
    first = annotated.filter(place=1).annotate(
        priority=priority, is_urgent=Case(When(severity=SEVERITY["child_safety"], then=Value(1)), default=Value(0))
    )
    return first.order_by("-is_urgent", "-priority", "id")


def subject_key() -> Case:
    """The id of the post or the member; that of the report when the subject is deleted, as in `of_same_subject`."""
    return Case(
        When(about="post", post__isnull=False, then=F("post_id")),
        When(about="member", subject__isnull=False, then=F("subject_id")),
        default=F("id"),
        output_field=models.BigIntegerField(),
    )
