"""Forgetting old answers, so that the table stays small."""

from libs.idempotency.models import Answer, expired_before

CHUNK = 1_000


def forget_answers() -> int:
    """Delete answers older than IDEMPOTENCY_RETENTION_HOURS, in chunks, each a short statement; returns how many."""
    old = Answer.objects.filter(created_at__lt=expired_before()).order_by("created_at")
    total = 0
    while ids := list(old.values_list("pk", flat=True)[:CHUNK]):
        total += Answer.objects.filter(pk__in=ids).delete()[0]
    return total
