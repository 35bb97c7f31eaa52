"""Counts on profiles, at a cost that does not grow with a member's popularity."""

from functools import cache
from typing import Any

from django.db.models import Case, IntegerField, Subquery, Value, When
from django.db.models.lookups import GreaterThanOrEqual
from django.http import Http404

from accounts.member_data_registry import ProfileCount, profile_count_registry
from accounts.models import Member
from libs.compiled_queries import CompiledQuery, key_only

# Counts are exact below this number, which itself means "so many or more".
COUNT_LIMIT = 10_000


class RowCount(Subquery):
    """The number of rows of a queryset, which may be a slice, as an expression."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def profile_counts(member: Member, viewer: Member) -> dict[str, int]:
    """Return the number of everything that profiles count, as far as the viewer may see it.

    Takes one statement. Raises Http404 when the member has been erased meanwhile.
    """
    rows = _compiled_counts().rows(member_id=member.pk, viewer_id=viewer.pk)
    if not rows:
        raise Http404
    return {name: rows[0][f"count_{name}"] for name in profile_count_registry()}


@cache
def _compiled_counts() -> CompiledQuery:
    # Compiled at first use, when all apps have registered what they count.
    return CompiledQuery(_select_counts)


def _select_counts(member_id: int, viewer_id: int) -> Any:
    member, viewer = key_only(Member, member_id), key_only(Member, viewer_id)
    counts = {f"count_{name}": _bounded(count, member, viewer) for name, count in profile_count_registry().items()}
    return Member.objects.filter(pk=member_id).values(**counts)


def _bounded(count: ProfileCount, member: Member, viewer: Member) -> Case:
    """Count the rows that the viewer may see, or return the limit when the member has that many rows.

    Visibility is decided row by row, so all rows are counted first: up to the limit, in the order of their index,
    without reading the table. The database evaluates the default only when it needs it.
    """
    first_rows = count.rows(member).order_by("-created_at", "-id").values("pk")[:COUNT_LIMIT]
    visible_rows = count.visible_rows(member, viewer).order_by().values("pk")
    is_at_limit = GreaterThanOrEqual(RowCount(first_rows), COUNT_LIMIT)
    return Case(When(is_at_limit, then=Value(COUNT_LIMIT)), default=RowCount(visible_rows))
