"""Figures of each day: sign-ups, active members, posts, reports, and how soon these were decided."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.db import models
from django.db.models import Count, F
from django.db.models.functions import TruncDate

from accounts.models import LoginSession, Member
from libs.keyset.ids import first_id_at
from moderation.models import Report
from moderation.priority import DUE_AFTER
from posts.models import Post


def daily_figures(first: date, last: date) -> Iterator[dict[str, Any]]:
    """Yield the figures of each day (UTC), by as many statements for a large table as for a small one.

    Records are counted by their ids, which are in time order, so that an index answers; erased ones are not counted. A
    member is active on the day on which a session of theirs was last used, which phones do once a day: of a member who
    is active every day only the last day counts, until the session ends.
    """
    active = _active_members(first, last)
    day = first
    while day <= last:
        reports = _of_day(Report, day)
        yield {
            "day": day.isoformat(),
            "sign_ups": _of_day(Member, day).count(),
            "active": active.get(day, 0),
            "posts": _of_day(Post, day).count(),
            "reports": reports.count(),
            "decided_in_time": reports.filter(decided_at__lte=F("created_at") + DUE_AFTER).count(),
        }
        day += timedelta(days=1)


def _of_day(model: type[Any], day: date) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._base_manager.filter(pk__gte=first_id_at(_midnight(day)))
    return rows.filter(pk__lt=first_id_at(_midnight(day + timedelta(days=1))))


def _active_members(first: date, last: date) -> dict[date, int]:
    used = LoginSession.objects.filter(used_at__gte=_midnight(first), used_at__lt=_midnight(last + timedelta(days=1)))
    days = used.annotate(day=TruncDate("used_at", tzinfo=UTC)).order_by("day").values_list("day")
    return dict(days.annotate(Count("member", distinct=True)))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
