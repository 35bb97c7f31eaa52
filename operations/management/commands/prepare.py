"""Make a local server ready to start."""

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Two commands in one process, because `make run` should take seconds."""

    # migrate runs them.
    requires_system_checks = []
    help = "Migrate, and seed the small town when nobody lives there: what `make run` does before it serves."

    def handle(self, *args: Any, **options: Any) -> None:
        """Do both; a second time there is nothing to do."""
        call_command("migrate", verbosity=0)
        call_command("seed", "--if-empty")
