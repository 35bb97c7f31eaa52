"""Deletion of old jobs."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from libs.cleanup import add_cleanup_task, delete_in_chunks
from libs.outbox.models import Job


def clean_up_jobs(*, dry: bool = False) -> int:
    """Delete jobs done more than OUTBOX_RETENTION_HOURS ago; returns how many. Jobs that failed for good stay."""
    before = timezone.now() - timedelta(hours=settings.OUTBOX_RETENTION_HOURS)
    return delete_in_chunks(Job.objects.filter(done_at__lt=before), dry=dry)


add_cleanup_task("jobs", clean_up_jobs)
