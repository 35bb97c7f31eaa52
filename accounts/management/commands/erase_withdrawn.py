"""Erase members whose grace period after withdrawal is over."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.erasure import due_member_ids, start_due_erasures


class Command(BaseCommand):
    """Exit codes: 0 started (or would be), 2 nothing to do."""

    help = (
        "Start the erasure of members whose grace period is over; jobs do it. Counts them only, unless --yes is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--yes", action="store_true", help="start the erasure, instead of counting")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or start."""
        count = start_due_erasures() if options["yes"] else len(due_member_ids())
        if options["json"]:
            self.stdout.write(json.dumps({"started" if options["yes"] else "due": count}))
        else:
            state = "being erased" if options["yes"] else "due to be erased (run with --yes)"
            self.stdout.write(f"{count} members {state}")
        if not count:
            sys.exit(2)
