"""Give dead jobs another chance."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.models import Job


class Command(BaseCommand):
    """Changes nothing without --yes."""

    help = "Give dead jobs all their tries again. Shows what it would do; --yes does it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--kind", help="only jobs of this kind")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or retry."""
        dead = Job.objects.failed_for_good()
        if options["kind"]:
            dead = dead.filter(kind=options["kind"])
        if options["yes"]:
            self.stdout.write(f"{dead.retry()} dead jobs are tried again.")
        else:
            self.stdout.write(f"{dead.count()} dead jobs would be tried again; --yes does it.")
