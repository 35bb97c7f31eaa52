"""Tables in the documents say what the code says: errors, operations, limits, defaults, dependencies, packages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver
from prometheus_client import REGISTRY

import accounts.signup.registration  # noqa: F401 - its counter
import android.metrics  # noqa: F401 - its counter
import config.refusals  # noqa: F401 - its counter
import libs.replicas.metrics  # noqa: F401 - its gauges
import operations.metrics  # noqa: F401 - its gauges
import posts.feed_cache  # noqa: F401 - its counter
from libs.api.fields import IdField, TextField
from libs.commands.base import OperatorCommandGroup
from media.processing.decoding import scaled_size
from tests.project.problems import error_classes

ROOT = Path(__file__).resolve().parents[2]
# What is refused in the Android API alone has codes of its own (android.error_codes).
ERRORS = error_classes(without="android")


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_error_is_documented_with_its_status() -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \|", _read("docs/errors.md"), re.MULTILINE)
    ours = {(error.default_code, str(error.status_code)) for error in ERRORS}
    assert set(documented) == ours
    assert len(documented) == len(ours)


def test_every_fault_of_a_field_of_ours_is_documented() -> None:
    documented = re.findall(r"^\| `([a-z_]+)` \| [^|\d]", _read("docs/errors.md"), re.MULTILINE)
    assert set(documented) >= {*TextField.default_error_messages, *IdField.default_error_messages, "unknown_field"}


def test_every_reason_for_401_is_told_to_clients_in_the_guide() -> None:
    codes = {error.default_code for error in ERRORS if error.status_code == 401}
    guide = _read("docs/api.md").partition("| 401 `code` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `([a-z_]+)`", guide, re.MULTILINE)) == codes


def _operations(patterns: list[Any], path: str = "") -> Iterator[str]:
    for pattern in patterns:
        here = path + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _operations(pattern.url_patterns, here)
        elif isinstance(pattern, URLPattern) and here.startswith("api/v1/"):
            # DRF adds HEAD to the others at a view's first request.
            for method in getattr(pattern.callback, "actions", {}).keys() - {"head"}:
                yield f"{method.upper()} /{here.removeprefix('api/v1/')}".replace("<id:", "{").replace(">", "}")


def test_every_operation_of_the_api_is_in_the_guide() -> None:
    documented = re.findall(r"^\| `([A-Z]+ /[^`]*)` \|", _read("docs/api.md"), re.MULTILINE)
    assert sorted(documented) == sorted(set(_operations(get_resolver().url_patterns)))


def test_the_calls_of_each_screen_are_operations_of_the_api() -> None:
    table = _read("docs/api.md").partition("| screen | calls |")[2].partition("\n\n")[0]
    calls = set(re.findall(r"`([A-Z]+ /[^`]*)`", table))
    operations = set(_operations(get_resolver().url_patterns))
    assert calls - operations == set()
    # A post and an avatar show the same image.
    assert operations - calls <= {"GET /images/{image_id}"}


def test_every_limit_is_in_the_guide_with_its_default() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", _read("docs/api.md"), re.MULTILINE)
    assert dict(rows) == settings.THROTTLE_RATES


def _defaults() -> Iterator[tuple[str, Any]]:
    """Each setting whose default is a plain value, as `env.int("NAME", 5)`."""
    for node in ast.walk(ast.parse(_read("config/settings.py"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("env.") and len(node.args) > 1:
            name, default = node.args[:2]
            if isinstance(name, ast.Constant) and isinstance(default, ast.Constant):
                yield str(name.value), default.value


def test_the_defaults_in_the_docs_are_those_of_the_settings() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \|[^|]*\| ([^|]*) \|", _read("docs/settings.md"), re.MULTILINE))
    words = {True: "on", False: "off", "": "none"}
    differing = [
        (name, default)
        for name, default in _defaults()
        if rows.get(name, "").strip("`")
        != (words[default] if isinstance(default, bool) or default == "" else str(default))
    ]
    assert differing == []


def test_the_sizes_of_long_images_in_the_guide_are_those_of_stored_images() -> None:
    examples = re.findall(r"(\d+) × (\d+)\s+becomes\s+(\d+) × (\d+)", _read("docs/api.md"))
    assert len(examples) == 2
    for width, height, stored_width, stored_height in (map(int, example) for example in examples):
        assert scaled_size((width, height), settings.IMAGE_LONGEST_SIDE) == (stored_width, stored_height)


def test_every_direct_dependency_has_its_reason() -> None:
    lines = [line for at in ROOT.glob("requirements*.in") for line in at.read_text().splitlines()]
    names = {found[0] for line in lines if (found := re.match(r"[a-z][a-z0-9-]*", line))}
    documented = _read("docs/development.md").partition("## Dependencies")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`[^|]*) \|", documented, re.MULTILINE)
    assert set(re.findall(r"`([a-z0-9-]+)`", "".join(rows))) == names


def test_every_package_is_in_the_architecture_document() -> None:
    table = _read("docs/architecture.md").partition("| package |")[2].partition("\n\n")[0]
    documented = re.findall(r"`([a-z]+)`", "".join(line.split("|")[1] for line in table.splitlines()[2:]))
    assert set(documented) == {at.parent.name for at in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks"}


def _commands() -> Iterator[str]:
    """Each command of ours, or each of its subcommands."""
    for name, app in get_commands().items():
        if app.split(".")[0] in ("libs", *(at.parent.name for at in ROOT.glob("*/__init__.py"))):
            command = load_command_class(app, name)
            subcommands = command.subcommands() if isinstance(command, OperatorCommandGroup) else [""]
            yield from (f"manage.py {name} {subcommand}".strip() for subcommand in subcommands)


def test_every_command_of_ours_is_in_the_docs_and_exists() -> None:
    section = _read("docs/operations.md").partition("## Commands")[2].partition("\n## ")[0]
    documented = re.findall(r"^\| `(manage.py [^`]*)` \|", section, re.MULTILINE)
    assert sorted(documented) == sorted(_commands())


def test_every_metric_of_ours_is_in_the_docs_and_counted() -> None:
    section = _read("docs/operations.md").partition("## Metrics")[2].partition("\n## ")[0]
    table = "".join(re.findall(r"^\| `.*", section, re.MULTILINE))
    ours = [family for family in REGISTRY.collect() if family.name.startswith(("outbox_", "h2h_"))]
    counted = {f"{family.name}_total" if family.type == "counter" else family.name for family in ours}
    assert set(re.findall(r"`((?:outbox|h2h)_\w+)`", table)) == counted
