"""Delete pictures that nothing shows."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from media.purge import purge_unreferenced

NOTHING_TO_DO = 2


class Command(BaseCommand):
    """Changes nothing without --yes; exits with 0 when there was something to do and 2 when there was not."""

    help = "Delete pictures that nothing has shown for IMAGE_UNREFERENCED_HOURS. Shows what it would do; --yes does it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--yes", action="store_true", help="do it")
        parser.add_argument("--json", action="store_true", help="for machines: one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or sweep."""
        swept = purge_unreferenced(dry=not options["yes"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(swept) | {"done": options["yes"]}))
        else:
            will = "are being deleted." if options["yes"] else "would be deleted; --yes does it."
            self.stdout.write(f"{swept.images} pictures of {swept.bytes:,} bytes {will}")
        if not swept.images:
            sys.exit(NOTHING_TO_DO)
