"""Show how many logins of the Android app are live."""

import json
import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from android.active_logins import ActiveLogins, count_active_logins

NO_LOGINS = 2


class Command(BaseCommand):
    """Read-only; exit code 0 when a login of the app is live, 2 when none is."""

    help = "Show how many logins of the Android app are live, and when they were last used."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="for machines: one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        logins = count_active_logins()
        self.stdout.write(json.dumps(logins.as_dict()) if options["json"] else _table(logins))
        if not logins.live:
            sys.exit(NO_LOGINS)


def _table(logins: ActiveLogins) -> str:
    lines = [
        f"{logins.live} logins of the Android app are live, of {logins.members} members.",
        f"last used  {_format_time(logins.last_used)}",
        f"newest     {_format_time(logins.newest)}",
        f"oldest     {_format_time(logins.oldest)}",
    ]
    return "\n".join([*lines, *(f"{day} {count:>8}" for day, count in logins.by_day.items())])


def _format_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
