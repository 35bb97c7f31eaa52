"""Forgetting what has been done, so that the table stays small."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from libs.outbox.models import Job

CHUNK = 1_000


def forget_done() -> int:
    """Delete jobs done more than OUTBOX_RETENTION_HOURS ago; returns how many. Dead ones are kept.

    In chunks, each a short statement of its own, so that no lock is held for long.
    """
    before = timezone.now() - timedelta(hours=settings.OUTBOX_RETENTION_HOURS)
    total = 0
    while ids := list(Job.objects.filter(done_at__lt=before).order_by("done_at").values_list("pk", flat=True)[:CHUNK]):
        total += Job.objects.filter(pk__in=ids).delete()[0]
    return total
