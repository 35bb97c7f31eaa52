"""Delete old stored responses, so that the table stays small."""

from libs.cleanup import add_cleanup_task, delete_in_chunks
from libs.idempotency.models import Answer, expired_before


def forget_answers() -> int:
    """Delete responses older than IDEMPOTENCY_RETENTION_HOURS; returns how many."""
    return delete_in_chunks(Answer.objects.filter(created_at__lt=expired_before()))


add_cleanup_task("responses", forget_answers)
