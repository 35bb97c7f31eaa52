"""Show how many phones still have the app of the store."""

import json
import sys
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from android.phones import Phones, count_phones

NONE_LEFT = 2


class Command(BaseCommand):
    """Reads only; exits with 0 when a login of the app is live and 2 when none is."""

    help = "Show how many logins of the Android app are live, and when they were last used."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="for machines: one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        phones = count_phones()
        self.stdout.write(json.dumps(phones.as_dict()) if options["json"] else _table(phones))
        if not phones.live:
            sys.exit(NONE_LEFT)


def _table(phones: Phones) -> str:
    lines = [
        f"{phones.live} logins of the Android app are live, of {phones.members} members.",
        f"last used  {_said(phones.last_used)}",
        f"newest     {_said(phones.newest)}",
        f"oldest     {_said(phones.oldest)}",
    ]
    return "\n".join([*lines, *(f"{day} {count:>8}" for day, count in phones.by_day.items())])


def _said(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
