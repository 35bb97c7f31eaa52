"""Sweep what time has made useless, in every room."""

import json
import sys
from collections.abc import Callable
from typing import Any

import structlog
from django.core.management.base import BaseCommand, CommandParser

from accounts.erasure import erase_due
from accounts.purge import (
    purge_admin_sessions,
    purge_codes,
    purge_security_events,
    purge_exports,
    purge_password_guesses,
    purge_sessions,
)
from libs.idempotency.purge import forget_answers
from libs.outbox.purge import forget_done
from media.purge import purge_unreferenced
from moderation.erasure import purge_banned_addresses, purge_reports

# In this order: members who are erased leave pictures behind, and those leave jobs. Each works in chunks of its own.
SWEEPS: dict[str, Callable[[], int]] = {
    "members": erase_due,
    "reports": purge_reports,
    "bans": purge_banned_addresses,
    "sessions": purge_sessions,
    "codes": purge_codes,
    "events": purge_security_events,
    "guesses": purge_password_guesses,
    "exports": purge_exports,
    "admin": purge_admin_sessions,
    "pictures": lambda: purge_unreferenced().images,
    "answers": forget_answers,
    "jobs": forget_done,
}
FAILED = 1

log = structlog.get_logger("cleanup")


class Command(BaseCommand):
    """Harmless at any time and any number of times, two at once too; once an hour is enough."""

    help = "Sweep what time has made useless. Exit codes: 0 all swept, 1 a sweep failed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="for machines: one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run every sweep and print how much each took away; one that fails keeps no other from its work."""
        swept = {name: self._swept(name, sweep) for name, sweep in SWEEPS.items()}
        self.stdout.write(json.dumps(swept) if options["json"] else _table(swept))
        if None in swept.values():
            sys.exit(FAILED)

    def _swept(self, name: str, sweep: Callable[[], int]) -> int | None:
        try:
            return sweep()
        except Exception:  # the next sweep may do better
            log.exception("sweep failed", sweep=name)
            return None


def _table(swept: dict[str, int | None]) -> str:
    return "\n".join(f"{name:10} {'failed' if count is None else count:>8}" for name, count in swept.items())
