"""Outbox job: delete the posts of a member who deletes all of them."""

from typing import Any

from django.db import transaction
from django.db.models import F

from libs.outbox.queue import enqueue
from libs.outbox.registry import handles
from posts.dependents import erase_dependents
from posts.models import Post

# Posts deleted by one job, so that it ends well within its lease.
DELETION_BATCH = 500


@handles("posts.delete_posts", lane="bulk")
@transaction.atomic
def delete_posts(payload: dict[str, Any]) -> None:
    """Delete some of the posts that `hide_all_of` has hidden, and enqueue the next job in the same transaction."""
    hidden = Post.objects.filter(author=payload["member_id"], created_at__lte=F("author__posts_hidden_until"))
    ids = list(hidden.values_list("id", flat=True)[:DELETION_BATCH])
    if ids:
        if not erase_dependents(ids, DELETION_BATCH):
            Post.objects.erase(ids)
        enqueue("posts.delete_posts", payload)
