"""The leaf of replayed answers."""

from django.apps import AppConfig


class IdempotencyConfig(AppConfig):
    """Named by INSTALLED_APPS."""

    name = "libs.idempotency"
