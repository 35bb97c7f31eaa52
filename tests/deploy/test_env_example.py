"""The example of a production environment is complete, and no server starts until it is filled in."""

import re

from tests.config.startup import PRODUCTION_ENVIRONMENT, ROOT, startup_errors

EXAMPLE = (ROOT / ".env.example").read_text(encoding="utf-8")
NEEDED = dict(re.findall(r"^([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
OPTIONAL = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))
ROWS = re.findall(r"^\| `([A-Z_]+)` \|.*$", (ROOT / "docs/settings.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_example_has_every_setting_without_which_production_does_not_start() -> None:
    assert startup_errors(**PRODUCTION_ENVIRONMENT) == ""
    refused = {
        name
        for name in PRODUCTION_ENVIRONMENT
        if startup_errors(**{key: value for key, value in PRODUCTION_ENVIRONMENT.items() if key != name})
    }
    assert len(refused) >= 10
    assert refused - NEEDED.keys() == set()
    assert NEEDED.keys() == PRODUCTION_ENVIRONMENT.keys()


def test_every_setting_of_the_example_is_one_of_the_settings_in_the_docs() -> None:
    assert OPTIONAL
    assert {*NEEDED, *OPTIONAL} - {*ROWS} == set()


def test_an_example_that_is_not_filled_in_stops_the_start_and_names_what_is_empty() -> None:
    errors = startup_errors(**NEEDED)
    empty = [name for name, value in NEEDED.items() if not value]
    assert len(empty) >= 10
    assert [name for name in empty if name not in errors] == []


def test_the_optional_settings_of_the_example_can_be_uncommented_in_a_complete_environment() -> None:
    values = {name: value for name, value in OPTIONAL.items() if value}
    assert startup_errors(**PRODUCTION_ENVIRONMENT, **values) == ""
