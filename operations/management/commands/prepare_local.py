"""Migrate the local database and load demo data into an empty one."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Run `migrate` and `seed --if-empty` in one process, because `make run` should start in seconds."""

    # `make check` runs the system checks; here they would cost a second of every start.
    requires_system_checks = []
    help = "Migrate, and load demo data if there are no members: what `make run` does before it serves."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run both commands; they do nothing the second time."""
        call_command("migrate", verbosity=0)
        call_command("seed", "--if-empty")
