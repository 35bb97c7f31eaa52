"""Generates the notifications of hearts, follows and comments, as far back as they are kept."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from notifications.cleanup import KEPT_FOR
from notifications.models import Kind
from operations.demo_data.comments import DemoComment
from operations.demo_data.generate import MILLISECOND, DemoData, Relation, to_text

DAY = timedelta(days=1) // MILLISECOND


class DemoNotification(NamedTuple):
    """A notification by the numbers of its member and its post or comment, with the times and numbers of its actors."""

    kind: Kind
    member: int
    post: int | None
    comment: int | None
    actors: list[tuple[int, int]]


def generate_notifications(data: DemoData, comments: Sequence[DemoComment]) -> list[DemoNotification]:
    """Generate the notifications; hearts of a post, and follows of a member, share one for each day."""
    oldest = data.end - KEPT_FOR // MILLISECOND
    grouped: dict[tuple[Any, ...], DemoNotification] = {}
    hearts = ((time, giver, Kind.HEART, data.authors[post], post) for time, giver, post in data.heart_relations)
    follows = ((time, follower, Kind.FOLLOW, followed, None) for time, follower, followed in data.follow_relations)
    for time, actor, kind, member, post in (*hearts, *follows):
        if time > oldest and actor != member:
            new = DemoNotification(kind, member, post, None, [])
            grouped.setdefault((*new[:3], time // DAY), new).actors.append((time, actor))
    recent = ((number, each) for number, each in enumerate(comments) if each.time > oldest)
    return [*grouped.values(), *(made for number, each in recent for made in _of_comment(number, each, data, comments))]


def _of_comment(
    number: int, comment: DemoComment, data: DemoData, comments: Sequence[DemoComment]
) -> Iterator[DemoNotification]:
    kinds = {data.authors[comment.post]: Kind.COMMENT}
    if comment.parent is not None:
        kinds[comments[comment.parent].author] = Kind.REPLY
    for member, kind in kinds.items():
        if member != comment.author:
            yield DemoNotification(kind, member, None, number, [(comment.time, comment.author)])


def notification_rows(
    notifications: Sequence[DemoNotification],
    ids: Sequence[int],
    members: Sequence[int],
    posts: Sequence[int],
    comments: Sequence[int],
) -> Iterator[tuple[Any, ...]]:
    """Generate the rows of the notifications."""
    for pk, each in zip(ids, notifications, strict=True):
        post = None if each.post is None else posts[each.post]
        comment = None if each.comment is None else comments[each.comment]
        times = [to_text(time) for time, _ in each.actors]
        yield pk, members[each.member], each.kind.value, post, comment, times[0], times[-1]


def actor_relations(notifications: Sequence[DemoNotification]) -> list[Relation]:
    """Return their actors: when, which member, and the number of the notification."""
    return [(time, actor, number) for number, each in enumerate(notifications) for time, actor in each.actors]
