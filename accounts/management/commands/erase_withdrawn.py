"""Erase members whose days of grace are over."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from accounts.erasure import due, erase_due


class Command(BaseCommand):
    """Exit codes: 0 done (or would be), 2 nothing to do."""

    help = "Erase for good the members whose days of grace are over. Says what it would do; --yes does it."

    def add_arguments(self, parser: CommandParser) -> None:
        """How it is called."""
        parser.add_argument("--yes", action="store_true", help="erase, instead of counting")
        parser.add_argument("--json", action="store_true", help="answer in JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or erase."""
        count = erase_due() if options["yes"] else len(due())
        if options["json"]:
            self.stdout.write(json.dumps({"erased" if options["yes"] else "due": count}))
        else:
            word = "erased" if options["yes"] else "due to be erased (run with --yes)"
            self.stdout.write(f"{count} members {word}")
        if not count:
            sys.exit(2)
