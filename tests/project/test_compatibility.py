"""Clients of the last release go on working, and what would break them is found."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.openapi_documents import openapi_document, read
from tests.project.compatibility import breaking, main

pytestmark = pytest.mark.one_leg

ROOT = Path(__file__).resolve().parents[2]
RELEASES = sorted(
    (ROOT / "docs/releases").glob("openapi-*.yaml"), key=lambda at: [int(part) for part in re.findall(r"\d+", at.stem)]
)
LAST = read(RELEASES[-1])
Change = Callable[[dict[str, Any]], Any]


def test_clients_of_the_last_release_find_everything_where_it_was() -> None:
    assert breaking(LAST, openapi_document()) == []


def test_the_last_release_breaks_nobody_who_was_made_for_it() -> None:
    assert breaking(LAST, copy.deepcopy(LAST)) == []


def test_every_operation_since_the_last_release_is_told_in_the_changelog() -> None:
    changelog = (ROOT / "docs/changelog.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`([A-Z]+ /[^` ]+)`", changelog.partition("\n## 1.")[0]))
    before, now = operations(LAST), operations(openapi_document())
    assert now - before - listed == set()
    assert listed <= now


def operations(document: dict[str, Any]) -> set[str]:
    paths = document["paths"].items()
    return {f"{method.upper()} {path.removeprefix('/api/v1')}" for path, item in paths for method in item}


def schema(document: dict[str, Any], name: str) -> Any:
    return document["components"]["schemas"][name]


def operation(document: dict[str, Any], method: str, path: str) -> Any:
    return document["paths"][f"/api/v1/{path}"][method]


BREAKING: dict[str, tuple[Change, str]] = {
    "path": (lambda now: now["paths"].pop("/api/v1/me/withdrawal"), "POST /api/v1/me/withdrawal is gone"),
    "method": (lambda now: now["paths"]["/api/v1/me"].pop("patch"), "PATCH /api/v1/me is gone"),
    "status": (
        lambda now: operation(now, "put", "follows/{member_id}")["responses"].pop("204"),
        "PUT /api/v1/follows/{member_id} does not answer 204 any more",
    ),
    "field of an answer": (lambda now: schema(now, "Post")["properties"].pop("text"), " text is gone"),
    "field that may be missing": (lambda now: schema(now, "Post")["required"].remove("text"), "text may be missing"),
    "field far inside": (lambda now: schema(now, "Image")["properties"].pop("urls"), " urls is gone"),
    "null": (lambda now: schema(now, "Post")["properties"]["text"].update(nullable=True), "text may be null now"),
    "type": (lambda now: schema(now, "Post")["properties"]["id"].update(type="integer"), "was string and is integer"),
    "format": (lambda now: schema(now, "Post")["properties"]["created_at"].pop("format"), "had the format date-time"),
    "new required field": (
        lambda now: schema(now, "EmailLoginRequest").update(required=["email", "password", "captcha"]),
        "POST /api/v1/sessions takes: captcha is required now",
    ),
    "field that is not taken": (
        lambda now: schema(now, "EmailLoginRequest")["properties"].pop("device"),
        "POST /api/v1/sessions takes: device is gone",
    ),
    "shorter text": (
        lambda now: schema(now, "EmailLoginRequest")["properties"]["email"].update(maxLength=9),
        "email maxLength fell to 9",
    ),
    "longer text": (
        lambda now: schema(now, "EmailLoginRequest")["properties"]["email"].update(minLength=9),
        "email minLength rose to 9",
    ),
    "pattern": (
        lambda now: schema(now, "EmailLoginRequest")["properties"]["email"].update(pattern="^x"),
        "email has another pattern",
    ),
    "value of a parameter": (lambda now: ordering(now)["schema"]["enum"].pop(), "ordering is never .* any more"),
    "parameter": (
        lambda now: operation(now, "get", "posts")["parameters"].remove(ordering(now)),
        "does not know the parameter ordering",
    ),
    "required parameter": (lambda now: ordering(now).update(required=True), "needs the parameter ordering now"),
    "kind of body": (
        lambda now: operation(now, "post", "posts")["requestBody"]["content"].pop("multipart/form-data"),
        "POST /api/v1/posts takes no multipart/form-data any more",
    ),
    "a login": (
        lambda now: operation(now, "get", "config").update(security=[{"bearer": []}]),
        "GET /api/v1/config needs a login now",
    ),
}  # fmt: skip


def ordering(document: dict[str, Any]) -> Any:
    parameters = operation(document, "get", "posts")["parameters"]
    return next(parameter for parameter in parameters if parameter["name"] == "ordering")


@pytest.mark.parametrize(("change", "words"), BREAKING.values(), ids=BREAKING)
def test_a_change_that_would_break_a_client_is_named(change: Change, words: str) -> None:
    now = copy.deepcopy(LAST)
    change(now)
    found = breaking(LAST, now)
    assert found
    assert all(re.search(words, line) for line in found), found


HARMLESS: dict[str, Change] = {
    "new operation": lambda now: now["paths"].update({"/api/v1/new": {"get": operation(now, "get", "me")}}),
    "new field of an answer": lambda now: schema(now, "Post")["properties"].update(mood={"type": "string"}),
    "new optional field": lambda now: schema(now, "EmailLoginRequest")["properties"].update(note={"type": "string"}),
    "field that is not needed any more": lambda now: schema(now, "EmailLoginRequest")["required"].remove("password"),
    "new optional parameter": lambda now: operation(now, "get", "posts")["parameters"].append(
        {"in": "query", "name": "mood", "schema": {"type": "string"}}
    ),
    "longer text": lambda now: schema(now, "EmailLoginRequest")["properties"]["email"].update(maxLength=9_999),
    "new refusal": lambda now: operation(now, "get", "me")["responses"].update({"418": {"description": "Tea."}}),
    "new value": lambda now: ordering(now)["schema"]["enum"].append("warmest"),
}


@pytest.mark.parametrize("change", HARMLESS.values(), ids=HARMLESS)
def test_what_only_adds_breaks_nobody(change: Change) -> None:
    now = copy.deepcopy(LAST)
    change(now)
    assert breaking(LAST, now) == []


def test_the_tool_says_what_breaks_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = copy.deepcopy(LAST)
    del now["paths"]["/api/v1/me"]
    later = tmp_path / "later.yaml"
    later.write_text(json.dumps(now), encoding="utf-8")
    assert (main(str(RELEASES[-1]), str(RELEASES[-1])), capsys.readouterr().out) == (0, "Nothing breaks.\n")
    assert main(str(RELEASES[-1]), str(later)) == 1
    assert "GET /api/v1/me is gone" in capsys.readouterr().out
