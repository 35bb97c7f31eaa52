"""Refuses a production database with the demo members, whose password everybody knows."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections, router, transaction

from accounts.models import Member
from operations.demo_data import DEMO_EMAILS

FAULT = "The database contains demo members, whose password everybody knows; one of them may be a moderator."
HINT = "Use another database, which `manage.py seed` has not filled."


@checks.register(checks.Tags.database)
def check_demo_members(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Return operations.E001 in production; runs with `check --database default` and before each `migrate`."""
    if not settings.PRODUCTION or router.db_for_read(Member) not in (databases or ()):
        return []
    return [checks.Error(FAULT, hint=HINT, id="operations.E001")] if has_demo_members() else []


def refuse_demo_members() -> None:
    """Raise ImproperlyConfigured in production if the database contains the demo members."""
    if settings.PRODUCTION:
        is_demo = has_demo_members()
        # The thread that starts the server needs the database only here.
        connections.close_all()
        if is_demo:
            raise ImproperlyConfigured(f"The server cannot start: {FAULT} {HINT}")


def has_demo_members() -> bool:
    """Return whether the database contains them; False for one that is away or has no tables yet."""
    try:
        with transaction.atomic():
            return bool(Member.objects.filter(email__in=DEMO_EMAILS).exists())
    except Error:
        return False
