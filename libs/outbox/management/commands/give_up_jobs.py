"""Give up waiting jobs whose handler is gone for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.models import Job


class Command(BaseCommand):
    """Changes nothing without --yes."""

    help = "Make waiting jobs of one kind dead; retry_failed_jobs undoes it. Shows what it would do; --yes does it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Options."""
        parser.add_argument("--kind", required=True, help="jobs of this kind")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count or bury."""
        waiting = Job.objects.waiting().filter(kind=options["kind"])
        if options["yes"]:
            self.stdout.write(f"{waiting.give_up('Given up by an operator.')} waiting jobs are dead now.")
        else:
            self.stdout.write(f"{waiting.count()} waiting jobs would be made dead; --yes does it.")
