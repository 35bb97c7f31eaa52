"""What is public is written down, and what is written down is there."""

import ast
import re
from pathlib import Path

from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SETTINGS = (ROOT / "config/settings.py").read_text()


def test_the_settings_in_the_docs_are_those_that_the_server_reads() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (DOCS / "settings.md").read_text(), re.MULTILINE))
    assert documented == _settings_read()


def _settings_read() -> set[str]:
    """The NAMEs of every env.kind("NAME", ...) in the settings."""
    calls = [node for node in ast.walk(ast.parse(SETTINGS)) if isinstance(node, ast.Call)]
    return {str(ast.literal_eval(call.args[0])) for call in calls if ast.unparse(call.func).startswith("env.")}


def test_every_setting_is_read_under_its_own_name() -> None:
    assigned = re.findall(r'^([A-Z_]+) = .*env\.(?!db)\w+\(\s*"([A-Z_]+)"', SETTINGS, re.MULTILINE)
    assert [name for name, read in assigned if name != read] == []


def test_every_command_of_ours_is_in_the_docs() -> None:
    text = "".join(at.read_text() for at in DOCS.glob("**/*.md"))
    ours = [name for name, app in get_commands().items() if (ROOT / str(app)).is_dir()]
    assert [name for name in ours if f"manage.py {name}" not in text] == []


def test_every_target_of_the_makefile_that_help_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"@echo 'make ([a-z-]+)", makefile)
    assert named
    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.MULTILINE)] == []


def test_every_link_between_the_docs_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), ROOT / "terraform/README.md", *DOCS.glob("**/*.md")]
    links = [(page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text())]
    assert [link for page, link in links if not (page.parent / link).exists()] == []


def test_every_file_that_the_docs_name_by_its_path_exists() -> None:
    pages = [*ROOT.glob("*.md"), *DOCS.glob("**/*.md")]
    named = {path for page in pages for path in re.findall(r"`(\w[\w./-]*/[\w.-]+\.\w+)`", page.read_text())}
    assert len(named) > 50
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_walk_from_url_to_bucket_names_no_file_twice() -> None:
    walk = (DOCS / "architecture.md").read_text().partition("file by file\n")[2].partition("\n## ")[0]
    files = re.findall(r"`([\w/]+\.py)`", walk)
    assert files[:2] == ["config/settings.py", "config/urls.py"]
    assert "media/storage/s3.py" in files
    assert len(set(files)) == len(files)
