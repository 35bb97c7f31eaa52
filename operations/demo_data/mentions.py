"""Generates mentions: one post in ten names members, and two replies in five the author of the comment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from operations.demo_data.generate import DemoData

if TYPE_CHECKING:
    from operations.demo_data.comments import DemoComment

# The numbers of the members whom each post or comment mentions, by its number.
Mentions = Mapping[int, Sequence[int]]
POST_SHARE, REPLY_SHARE = 0.1, 0.4


def generate_post_mentions(data: DemoData) -> Mentions:
    """Generate the mentions of posts; nobody mentions across a block."""
    rng, made = data.random("post mentions"), dict[int, list[int]]()
    for post, author in enumerate(data.authors):
        if rng.random() < POST_SHARE:
            drawn = {int(data.members * rng.random() ** 1.5) for _ in range(rng.choice([1, 1, 2]))}
            if named := [one for one in sorted(drawn) if one != author and (one, author) not in data.blocked_pairs]:
                made[post] = named
    return made


def generate_comment_mentions(data: DemoData, comments: "Sequence[DemoComment]") -> Mentions:
    """Generate the mentions of replies."""
    rng, made = data.random("comment mentions"), dict[int, list[int]]()
    for number, comment in enumerate(comments):
        if comment.parent is not None and rng.random() < REPLY_SHARE:
            named = comments[comment.parent].author
            if named != comment.author and (named, comment.author) not in data.blocked_pairs:
                made[number] = [named]
    return made


def generate_mention_rows(
    mentions: Mentions, subjects: Sequence[int], members: Sequence[int]
) -> Iterator[tuple[Any, ...]]:
    """Generate the rows of these mentions, by the ids of what mentions and of members."""
    for subject, named in mentions.items():
        yield from ((subjects[subject], members[member], position) for position, member in enumerate(named))
