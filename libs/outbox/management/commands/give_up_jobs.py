"""Give up waiting jobs of one kind."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.models import Job


class Command(BaseCommand):
    help = (
        "Give up the waiting jobs of one kind, for example one whose handler was removed. `retry_failed_jobs` undoes "
        "it. Without --yes it shows what it would do."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", required=True, help="the kind of jobs")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, **options: Any) -> None:
        waiting = Job.objects.waiting().filter(kind=options["kind"])
        if options["yes"]:
            self.stdout.write(f"Gave up {waiting.give_up('Given up by an operator.')} waiting jobs.")
        else:
            self.stdout.write(f"Would give up {waiting.count()} waiting jobs. Add --yes to do it.")
