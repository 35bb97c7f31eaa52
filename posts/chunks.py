"""Posts in chunks, for commands that look at all of them."""

from collections.abc import Iterator

from django.db.models import QuerySet

from posts.models import Post

CHUNK = 500


def id_chunks(posts: QuerySet[Post], number: int) -> Iterator[list[int]]:
    """Yield the ids of the first posts of a queryset by their ids, so many in all, in lists of at most CHUNK."""
    last = 0
    while number > 0:
        ids = list(posts.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[: min(CHUNK, number)])
        if not ids:
            return
        yield ids
        last, number = ids[-1], number - len(ids)
