"""Delete images that nothing refers to."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from media.purge import purge_unreferenced

NOTHING_TO_DO = 2


class Command(BaseCommand):
    """Exits with 0 if there was something to do, with 2 if there was not."""

    help = (
        "Delete images that nothing has used for IMAGE_UNREFERENCED_HOURS. Without --yes it only counts them and "
        "changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="delete them")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        purged = purge_unreferenced(dry=not options["yes"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(purged) | {"done": options["yes"]}))
        else:
            result = "are being deleted." if options["yes"] else "would be deleted; --yes deletes them."
            self.stdout.write(f"{purged.images} images of {purged.bytes:,} bytes {result}")
        if not purged.images:
            sys.exit(NOTHING_TO_DO)
