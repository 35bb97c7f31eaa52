"""Counting the hearts and comments of posts anew, where stored counts may be wrong after all.

An app registers what it has counted by its `member_data.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count, QuerySet

from libs.change_log import log_changes
from posts.models import Post, PostCounts

# All rows that are counted, with a foreign key `post`.
CountedRows = Callable[[], QuerySet[Any]]

_counted: dict[str, CountedRows] = {}


class WrongCount(NamedTuple):
    """A count that differs from the number of rows."""

    post: int
    name: str
    stored: int
    counted: int


def add_counted(name: str, rows: CountedRows) -> None:
    """Have the count of this name be the number of these rows of each post."""
    _counted[name] = rows


def recount(post_ids: Sequence[int], *, correct: bool) -> list[WrongCount]:
    """Return the wrong counts of these posts, and correct them if wanted."""
    with transaction.atomic():
        if correct:
            # Members change what is counted under this lock.
            list(Post.objects.filter(pk__in=post_ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
            # Erasure deletes hearts under this one alone.
            list(PostCounts.objects.filter(pk__in=post_ids).order_by("pk").select_for_update().values_list("pk"))
        found = list(_wrong_counts(post_ids))
        if correct and found:
            counts = {each: PostCounts(post_id=each) for each in {wrong.post for wrong in found}}
            counts |= {each.post_id: each for each in PostCounts.objects.filter(post__in=counts)}
            for wrong in found:
                setattr(counts[wrong.post], wrong.name, wrong.counted)
            PostCounts.objects.bulk_create(
                counts.values(), update_conflicts=True, unique_fields=["post"], update_fields=list(_counted)
            )
            log_changes("post", [*counts])
    return found


def _wrong_counts(post_ids: Sequence[int]) -> Iterator[WrongCount]:
    stored = {each.post_id: each for each in PostCounts.objects.filter(post__in=post_ids)}
    for name, rows in _counted.items():
        numbers = rows().filter(post__in=post_ids).order_by().values_list("post").annotate(number=Count("pk"))
        counted = dict(numbers)
        for post_id in sorted({*stored, *counted}):
            before, now = getattr(stored.get(post_id), name, 0), counted.get(post_id, 0)
            if before != now:
                yield WrongCount(post_id, name, before, now)
