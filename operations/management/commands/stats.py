"""Show figures of the last days."""

from argparse import ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from libs.commands.base import OperatorCommand
from libs.commands.results import Result, format_table
from operations.daily_figures import daily_figures

# So many sum up a quarter; each day takes some statements. Days.
MAX_DAYS = 92


class Command(OperatorCommand):
    """Reads no more of the tables than the rows of these days, by their indexes; login sessions all at once."""

    help = "Show sign-ups, active members, posts, reports and those decided within 24 hours, by day (UTC)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add --days."""
        super().add_arguments(parser)
        explanation = f"so many days, today included, 1 to {MAX_DAYS} (default: 7)"
        parser.add_argument("--days", type=_days, default=7, metavar="N", help=explanation)

    def run(self, *, days: int, **options: Any) -> Result:
        """Print a line for each day, today last."""
        today = timezone.now().date()
        first = today - timedelta(days=days - 1)
        rows = list(self.progress.track(daily_figures(first, today), "days", days))
        cells = [list(row.values()) for row in rows]
        return Result({"days": rows}, format_table([[name.replace("_", " ") for name in rows[0]], *cells]))


def _days(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= MAX_DAYS:
        return int(text)
    raise ArgumentTypeError(f"{text} is not a number of days from 1 to {MAX_DAYS}.")
