"""The order in which reports are decided: severity, number of reporters, and age against a clock of 24 hours.

Reports of one subject have one place. Its priority is the severity of the worst reason, times the number of reporters,
times the age of the oldest report in days: a report of spam by one member reaches after a day what one of violence has
after eight hours. Reports about the safety of children come before all others. Muted reporters are not counted.
"""

from datetime import timedelta
from typing import Any

from django.db import models
from django.db.models import Case, Count, F, FloatField, Func, Max, Min, Q, Value, When
from django.db.models.functions import Coalesce
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
    """Return a row for each subject of these reports, the most urgent first.

    `oldest` is the id of its oldest report; the others are `about`, `reporters` (those who are not muted), `severity`,
    `reported_since`, `priority` and `is_urgent`. Only columns of the index `report_open` are read: the texts of all
    open reports would have to be sorted with them.
    """
    # Read before: PostgreSQL would look each reporter up once for each place in which a subquery stands.
    is_counted = ~Q(reporter__in=list(MutedReporter.objects.values_list("member", flat=True)))
    severity = Case(*[When(reason=reason, then=Value(weight)) for reason, weight in SEVERITY.items()], default=Value(2))
    subjects = reports.order_by().annotate(subject_key=subject_key()).values("about", "subject_key")
    # One open report for each reporter and subject, so the number of reports is that of reporters.
    grouped = subjects.annotate(
        # Ids begin with the time.
        oldest=Min("id"),
        reporters=Count("id", filter=is_counted),
        severity=Coalesce(Max(severity, filter=is_counted), Value(0)),
        reported_since=Min("created_at"),
    )
    age = (Value(timezone.now().timestamp(), FloatField()) - _Epoch(F("reported_since"))) / Value(DAY_SECONDS)
    return grouped.annotate(
        priority=models.ExpressionWrapper(F("severity") * F("reporters") * age, FloatField()),
        is_urgent=Case(When(severity=SEVERITY["child_safety"], then=Value(1)), default=Value(0)),
    ).order_by("-is_urgent", "-priority", "oldest")


def subject_key() -> Case:
    """The id of post, comment or member; that of the report when the subject is deleted, as in `of_same_subject`."""
    return Case(
        When(about="post", post__isnull=False, then=F("post_id")),
        When(about="comment", comment__isnull=False, then=F("comment_id")),
        When(about="member", subject__isnull=False, then=F("subject_id")),
        default=F("id"),
        output_field=models.BigIntegerField(),
    )
