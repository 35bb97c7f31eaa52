"""docs/android.md lists every call, and every file outside of the package that refers to it."""

import re
import subprocess
from pathlib import Path

import pytest

from android.openapi import AppGenerator
from android.urls import urlpatterns
from tests.android.unused_code import unused_without

pytestmark = pytest.mark.one_leg

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/android.md").read_text(encoding="utf-8")
OWN = ("android/", "tests/android/", "docs/")
# Without `config`, whose settings of the app are on the list as a whole.
PACKAGES = [
    ROOT / name
    for name in ("operations", "notifications", "moderation", "comments", "posts", "accounts", "media", "libs")
]


def rows(heading: str) -> list[list[str]]:
    """The cells of every table below a heading of the page, without the heads."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = re.findall(r"^\| (`.*) \|$", section, re.MULTILINE)
    return [re.split(r" \| ", line) for line in lines]


def test_the_page_has_a_line_for_each_call() -> None:
    paths = AppGenerator().get_schema(public=True)["paths"]
    calls = {f"{method.upper()} {address[1:]}" for address, item in paths.items() for method in item}
    assert len(calls) == len(urlpatterns) == 18
    assert {row[0].strip("`") for row in rows("The calls") if row[0][1:5] in ("GET ", "POST", "DELE")} == calls


def test_the_code_that_implements_a_call_exists() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "android").rglob("*.py"))
    named = re.findall(r"`([\w.]+)`", "".join(row[1] for row in rows("The calls") if "/" in row[0]))
    assert len(named) > 18
    assert [name for name in named if not re.search(rf"\b{name.rpartition('.')[2]}\b", code)] == []


def test_every_file_that_names_the_package_is_on_the_list_of_what_to_delete() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not tracked:
        pytest.skip("this is no clone")
    listed = {row[0].strip("`") for row in rows("How to delete the package")}
    naming = [
        path
        for path in tracked.splitlines()
        if not (path.startswith(OWN) or (ROOT / path).is_symlink()) and b"android" in (ROOT / path).read_bytes().lower()
    ]
    assert len(naming) > 5
    assert [path for path in naming if not listed & {path, *(f"{above}/" for above in Path(path).parents)}] == []


@pytest.mark.parametrize(("where", "what"), [(row[0].strip("`"), row[1]) for row in rows("How to delete the package")])
def test_what_is_on_that_list_is_still_there(where: str, what: str) -> None:
    text = (ROOT / where).read_text(encoding="utf-8")
    named = [word for word in re.findall("`([^`]+)`", what) if "/" not in word or word.startswith("docs/")]
    assert [word for word in named if word not in text] == []


def test_code_that_only_the_package_uses_is_on_the_list_of_what_to_delete() -> None:
    unused = unused_without(ROOT / "android", [ROOT / "config", *PACKAGES])
    named = {(str(one.path.relative_to(ROOT)), one.name) for one in unused if "config" not in one.path.parts}
    listed = {
        (row[0].strip("`"), name)
        for row in rows("How to delete the package")
        for name in re.findall("`([^`]+)`", row[1])
    }
    assert len(named) > 5
    assert named - listed == set()
