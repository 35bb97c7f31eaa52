"""Show how full the outbox is."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.stats import OutboxStats, collect_stats


class Command(BaseCommand):
    help = "Show how many jobs wait, are due and have failed for good, by kind, and how late the oldest due job is."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        stats = collect_stats()
        self.stdout.write(json.dumps(stats.as_dict()) if options["json"] else _table(stats))


def _table(stats: OutboxStats) -> str:
    lines = [f"{'kind':40} {'waiting':>8} {'due':>8} {'failed':>8}"]
    total = {"depth": stats.depth, "due": stats.due, "dead": stats.dead}
    for kind, row in (stats.kinds | {"all": total}).items():
        lines.append(f"{kind:40} {row['depth']:8} {row['due']:8} {row['dead']:8}")
    lines += [
        f"Lane {lane}: {numbers['due']} due, the oldest for {numbers['oldest_seconds']:.0f} s."
        for lane, numbers in sorted(stats.lanes.items())
        if numbers["due"]
    ]
    lines.append(f"The oldest due job has been due for {stats.oldest_seconds:.0f} s.")
    lines += [f"{kind}: {number} jobs wait for a release with a handler." for kind, number in stats.unknown.items()]
    return "\n".join(lines)
