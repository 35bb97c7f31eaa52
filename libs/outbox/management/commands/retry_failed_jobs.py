"""Retry jobs that failed for good."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from libs.outbox.models import Job


class Command(BaseCommand):
    help = "Give jobs that failed for good all their attempts again. Without --yes it shows what it would do."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", help="only jobs of this kind")
        parser.add_argument("--yes", action="store_true", help="do it")

    def handle(self, *args: Any, **options: Any) -> None:
        failed = Job.objects.failed_for_good()
        if options["kind"]:
            failed = failed.filter(kind=options["kind"])
        if options["yes"]:
            self.stdout.write(f"{failed.retry()} failed jobs will be tried again.")
        else:
            self.stdout.write(f"Would retry {failed.count()} failed jobs. Add --yes to do it.")
