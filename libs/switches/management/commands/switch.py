"""Turn functions of all servers off and on again."""

from typing import Any

from django.db import transaction

from libs.commands.base import OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from libs.switches.models import SwitchState
from libs.switches.registry import all_switches
from libs.switches.states import set_switch


class Command(OperatorCommandGroup):
    help = "Turn functions off and on on all servers, within seconds and until they are turned back."

    @subcommand("show all switches")
    def list(self) -> Result:
        """Show each switch, and who turned it when."""
        states = {state.name: state for state in SwitchState.objects.all()}
        rows = [_row(name, states.get(name)) for name in all_switches()]
        table = [
            [row["name"], "on" if row["is_on"] else "OFF", _turned(row), all_switches()[row["name"]].description]
            for row in rows
        ]
        return Result({"switches": rows}, format_table([["switch", "is", "turned", "what"], *table]))

    @subcommand(
        "turn a switch on or off",
        argument("name", choices=sorted(all_switches())),
        argument("state", choices=["on", "off"]),
        is_recorded=True,
    )
    def set(self, *, name: str, state: str) -> Result:
        """Turn one switch."""
        with transaction.atomic():
            is_new = set_switch(name, is_on=state == "on", by=self.operator)
            if is_new:
                self.record(name, state=state)
        code = ExitCode.DONE if is_new else ExitCode.NOTHING_TO_DO
        return Result({"name": name, "is_on": state == "on"}, f"{name} is {state}.", code)


def _row(name: str, state: SwitchState | None) -> dict[str, Any]:
    if state is None:
        return {"name": name, "is_on": True, "changed_at": None, "changed_by": None}
    return {"name": name, "is_on": state.is_on, "changed_at": state.changed_at, "changed_by": state.changed_by}


def _turned(row: dict[str, Any]) -> str:
    return f"{row['changed_at']:%Y-%m-%d %H:%M} UTC by {row['changed_by']}" if row["changed_at"] else "never"
