"""What Terraform prepares fits the server: its settings, its log, its directories."""

import re

from tests.config.startup import PRODUCTION_ENVIRONMENT, ROOT, startup_errors

STAGING = {at.name: at.read_text(encoding="utf-8") for at in (ROOT / "terraform/staging").iterdir() if at.is_file()}
GUIDE = (ROOT / "docs/deployment.md").read_text(encoding="utf-8")
SETTINGS = dict(re.findall(r"^    ([A-Z_]+) += (.*)$", STAGING["settings.tf"], re.MULTILINE))


def _table(heading: str) -> list[str]:
    """The first column of the first table below a heading of the guide."""
    return re.findall(r"^\| (`.*?) \|", GUIDE.partition(f"## {heading}\n")[2].partition("\n## ")[0], re.MULTILINE)


def test_terraform_and_the_operator_together_put_all_settings_that_production_needs() -> None:
    put_by_hand = set(re.findall(r"`([A-Z_]+)`", "".join(_table("Settings and secrets"))))
    documented = set(re.findall(r"^\| `([A-Z_]+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert PRODUCTION_ENVIRONMENT.keys() - SETTINGS.keys() - put_by_hand == set()
    assert {*SETTINGS, *put_by_hand} - documented == set()
    assert SETTINGS.keys() & put_by_hand == set()


def test_the_server_starts_with_the_settings_of_terraform() -> None:
    written = {name: value.strip('"') for name, value in SETTINGS.items() if re.fullmatch(r'"[^$]*"', value)}
    assert len(written) >= 5
    assert startup_errors(**PRODUCTION_ENVIRONMENT | written) == ""


def test_every_directory_in_the_guide_is_made_by_the_script_of_the_host() -> None:
    directories = re.findall(r"`(/[\w/.-]+?)/?`", "".join(_table("The host of staging")))
    assert len(directories) >= 4
    assert [name for name in directories if name not in STAGING["host.sh"]] == []
    assert "include /etc/nginx/heart/*.conf;" in _nginx()


def test_the_host_and_the_releases_agree_on_python_and_units() -> None:
    releases = ROOT / "deploy/staging"
    python = re.findall(r"python3\.\d+", (releases / "install.sh").read_text())
    assert python
    assert f" {python[0]} {python[0]}-pip " in STAGING["host.sh"]
    units = re.findall(r"for unit in (.*); do", STAGING["host.sh"])[0].split()
    assert {f"{name}.service" for name in units} == {at.name for at in (releases / "systemd").glob("*.service")}


def test_no_port_of_a_slot_is_open_to_the_world() -> None:
    slots = "".join(at.read_text() for at in (ROOT / "deploy/staging/systemd").glob("*.env"))
    ports = set(re.findall(r"PORT=(\d+)", slots))
    assert {"8081", "8082"} <= ports
    opened = re.findall(r"for_each += \{ (http = .*) \}", STAGING["host.tf"])[0]
    assert set(re.findall(r"\d+", opened)) & ports == set()


def test_the_filter_for_errors_reads_the_columns_of_nginx_in_their_order() -> None:
    logged = re.findall(r"\$(\w+)", re.findall(r"log_format heart '(.*)';", _nginx())[0])
    columns = re.findall(r'pattern += "\[(.*)\]"', STAGING["alarms.tf"])[0].split(", ")
    assert len(columns) == len(logged)
    assert columns[logged.index("status")] == "status = 5*"


def _nginx() -> str:
    return (ROOT / "deploy/nginx/heart.conf").read_text(encoding="utf-8")
