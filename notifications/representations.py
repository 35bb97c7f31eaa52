"""Notifications as the API shows them, made of plain values: two statements a page."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Member
from accounts.profiles.counts import RowCount
from accounts.profiles.representations import member_summary, member_summary_values
from libs.compiled_queries import CompiledQuery, key_only
from libs.json_rows import JSONRows, parse_rows
from libs.keyset.querysets import CompiledList
from notifications.models import Notification, NotificationActor
from notifications.models.seen_marker import seen_until

# The newest actors are shown.
ACTORS_SHOWN = 3
# Numbers of actors and of unseen notifications are exact below this number, which itself means "so many or more".
COUNT_LIMIT = 100


def notification_values(notifications: Any, viewer: Member) -> Any:
    """The columns of notifications that `notification_representations` needs for this viewer."""
    visible = NotificationActor.objects.visible_to(viewer).values("pk")
    actors = visible.filter(notification=OuterRef("pk")).order_by()[:COUNT_LIMIT]
    # Of the notification of the outermost query.
    newest = visible.filter(notification=OuterRef(OuterRef("pk"))).order_by("-id")[:ACTORS_SHOWN]
    shown = NotificationActor.objects.filter(pk__in=newest).order_by().values("notification")
    return notifications.values(
        "id",
        "kind",
        "latest_at",
        "comment_id",
        "decision_id",
        "report_id",
        on_post_id=Coalesce("post_id", "comment__post_id"),
        is_seen=ExpressionWrapper(Q(latest_at__lte=seen_until(viewer.pk)), BooleanField()),
        actor_count=RowCount(actors),
        actor_rows=Subquery(shown.annotate(rows=JSONRows("id", "actor_id")).values("rows")),
    )


def _notifications(viewer: int) -> Any:
    member = key_only(Member, viewer)
    return notification_values(Notification.objects.visible_to(member).newest_first(), member)


# The viewer's notifications, newest first.
compiled_notifications = CompiledList(_notifications, columns=("latest_at", "id"))


@CompiledQuery
def compiled_unseen_count(viewer: int) -> Any:
    """The number of notifications that the viewer has not seen, up to one more than COUNT_LIMIT."""
    unseen = Notification.objects.visible_to(key_only(Member, viewer)).unseen_by(viewer).values("pk")
    return Member.objects.filter(pk=viewer).values(unseen=RowCount(unseen[: COUNT_LIMIT + 1]))


def unseen_count(viewer: int) -> int:
    """Return that number."""
    return sum(row["unseen"] for row in compiled_unseen_count.rows(viewer=viewer))


def notification_representations(rows: Sequence[dict[str, Any]], viewer: Member) -> list[dict[str, Any]]:
    """The notifications of one page; notifications.serializers.NotificationSerializer documents them."""
    actors = {row["id"]: [each["actor"] for each in parse_rows(row["actor_rows"], ("id", "actor"))] for row in rows}
    ids = {pk for each in actors.values() for pk in each}
    members = Member.objects.filter(pk__in=ids).values(**member_summary_values(viewer)) if ids else ()
    summaries = {row["member_id"]: member_summary(row) for row in members}
    return [_representation(row, [summaries[pk] for pk in actors[row["id"]][::-1] if pk in summaries]) for row in rows]


def _representation(row: dict[str, Any], actors: list[dict[str, Any]]) -> dict[str, Any]:
    ids = {"post_id": "on_post_id", "comment_id": "comment_id", "decision_id": "decision_id", "report_id": "report_id"}
    return {
        "id": str(row["id"]),
        "kind": row["kind"],
        "actors": actors,
        "actor_count": row["actor_count"],
        **{name: str(row[column]) if row[column] else None for name, column in ids.items()},
        "latest_at": row["latest_at"],
        "is_seen": bool(row["is_seen"]),
    }
