"""What this room does after the answer."""

from typing import Any

from django.db import transaction
from django.db.models import F

from libs.outbox.queue import enqueue
from libs.outbox.registry import handles
from posts.models import Post

# Posts deleted in one transaction, so that each job is done well within its lease. A number.
DELETED_BY_ONE_JOB = 500


@handles("posts.delete_posts")
@transaction.atomic
def delete_posts(payload: dict[str, Any]) -> None:
    """Delete some of what a member has taken back, and owe the rest in the same transaction."""
    taken_back = Post.objects.filter(author=payload["member_id"], created_at__lte=F("author__unsaid_until"))
    ids = list(taken_back.values_list("id", flat=True)[:DELETED_BY_ONE_JOB])
    if ids:
        Post.objects.erase(ids)
        enqueue("posts.delete_posts", payload)
