"""Show how full the outbox is."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.stats import Census, take_census


class Command(BaseCommand):
    """Reads only."""

    help = "Show how many jobs wait, are due and dead, how long the oldest is due, and the same by kind."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--json", action="store_true", help="for machines: one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count and print."""
        census = take_census()
        self.stdout.write(json.dumps(census.as_dict()) if options["json"] else _table(census))


def _table(census: Census) -> str:
    lines = [f"{'kind':40} {'depth':>8} {'due':>8} {'dead':>8}"]
    total = {"depth": census.depth, "due": census.due, "dead": census.dead}
    for kind, row in (census.kinds | {"all": total}).items():
        lines.append(f"{kind:40} {row['depth']:8} {row['due']:8} {row['dead']:8}")
    lines.append(f"The oldest has been due for {census.oldest_seconds:.0f} s.")
    lines += [f"{kind}: no handler in this release, {number} wait for one." for kind, number in census.unknown.items()]
    return "\n".join(lines)
