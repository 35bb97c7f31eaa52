"""Show how many logins of the Android app are live."""

from datetime import datetime
from typing import Any

from android.active_logins import ActiveLogins, count_active_logins
from libs.commands.base import OperatorCommand
from libs.commands.results import ExitCode, Result


class Command(OperatorCommand):
    """Read-only; exit code 0 when a login of the app is live, 2 when none is."""

    help = "Show how many logins of the Android app are live, and when they were last used."

    def run(self, **options: Any) -> Result:
        """Count them."""
        logins = count_active_logins()
        return Result(logins.as_dict(), _table(logins), ExitCode.DONE if logins.live else ExitCode.NOTHING_TO_DO)


def _table(logins: ActiveLogins) -> str:
    lines = [
        f"{logins.live} logins of the Android app are live, of {logins.members} members.",
        f"last used  {_format_time(logins.last_used)}",
        f"newest     {_format_time(logins.newest)}",
        f"oldest     {_format_time(logins.oldest)}",
    ]
    return "\n".join([*lines, *(f"{day} {count:>8}" for day, count in logins.by_day.items())])


def _format_time(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else "never"
