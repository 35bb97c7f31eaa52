"""docs/moderation.md names the buttons of actions as the admin does."""

import re
from pathlib import Path

import pytest

from moderation.actions import ACTIONS

ROW = re.compile(r"^\| `(\w+)` \| ([^|]+) \| ", re.MULTILINE)
DOCUMENTED = {
    name: button
    for name, button in ROW.findall(Path("docs/moderation.md").read_text(encoding="utf-8"))
    if name in ACTIONS
}
# With pages of their own, which another section describes; and the one that only a rule does.
ELSEWHERE = {"add_word", "remove_word", "change_rules", "hide_post"}


def test_every_action_stands_in_a_table_of_the_documentation() -> None:
    assert set(DOCUMENTED) == set(ACTIONS) - ELSEWHERE


@pytest.mark.parametrize("name", DOCUMENTED)
def test_the_documentation_names_the_buttons_of_an_action(name: str) -> None:
    action = ACTIONS[name]
    choices = [{"days": days} for days in action.options.get("days", ())]
    assert DOCUMENTED[name] == ", ".join(action.title(**choice) for choice in choices or [{}])
