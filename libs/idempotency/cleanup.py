"""Deletion of old stored responses."""

from libs.cleanup import add_cleanup_task, delete_in_chunks
from libs.idempotency.models import StoredResponse, retention_cutoff


def clean_up_responses(*, dry: bool = False) -> int:
    """Delete responses older than IDEMPOTENCY_RETENTION_HOURS; returns how many."""
    return delete_in_chunks(StoredResponse.objects.filter(created_at__lt=retention_cutoff()), dry=dry)


add_cleanup_task("responses", clean_up_responses)
