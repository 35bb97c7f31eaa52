"""The clean-up task of posts: corrects the counts of those that changed lately."""

from datetime import timedelta

from django.utils import timezone

from libs.cleanup import add_cleanup_task
from posts.chunks import CHUNK
from posts.models import PostCounts
from posts.recount import recount

# The clean-up runs each hour, and may miss a day.
RECENT = timedelta(days=2)


def clean_up_counts(*, dry: bool = False) -> int:
    """Correct the counts of posts that changed lately, or with `dry` only compare them; return how many were wrong."""
    changed = PostCounts.objects.filter(changed_at__gt=timezone.now() - RECENT)
    last, wrong = 0, 0
    while ids := list(changed.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        wrong += len(recount(ids, correct=not dry))
        last = ids[-1]
    return wrong


add_cleanup_task("counts", clean_up_counts)
