"""Alerts fire when they should, have a runbook, reach the right people, and name metrics that exist."""

import json
import re
import subprocess
from typing import Any

import pytest
import yaml

from tests.server_process import ROOT
from tests.services import program

pytestmark = pytest.mark.one_leg

MONITORING = ROOT / "deploy/monitoring"
GROUPS: list[dict[str, Any]] = yaml.safe_load((MONITORING / "alerts.yml").read_text())["groups"]
RULES = [rule for group in GROUPS for rule in group["rules"]]
ALERTS = {rule["alert"]: rule for rule in RULES if "alert" in rule}
DOCUMENTED = set(re.findall(r"`((?:outbox|h2h|django)_\w+)`", (ROOT / "docs/operations.md").read_text()))
# Of Prometheus itself and of its exporters for machines and certificates.
FOREIGN = re.compile(r"up$|node_|probe_")
NAME = re.compile(r"\b[a-z][a-z0-9_]*_[a-z0-9_]+\b(?=[{\[\s)>]|$)")


def expressions() -> list[str]:
    dashboards = [json.loads(file.read_text()) for file in (MONITORING / "dashboards").glob("*.json")]
    shown = [target["expr"] for each in dashboards for panel in each["panels"] for target in panel["targets"]]
    return [rule["expr"] for rule in RULES] + shown


@pytest.mark.skipif(not program("promtool"), reason="needs promtool")
def test_each_alert_fires_on_what_it_is_for_and_on_nothing_else() -> None:
    done = subprocess.run(
        ["promtool", "test", "rules", "alerts_test.yml"], cwd=MONITORING, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_alert_is_tested_with_series_that_make_it_fire() -> None:
    tests = yaml.safe_load((MONITORING / "alerts_test.yml").read_text())["tests"]
    fired = {case["alertname"] for test in tests for case in test["alert_rule_test"] if case.get("exp_alerts")}
    silent = {case["alertname"] for test in tests for case in test["alert_rule_test"] if not case.get("exp_alerts")}
    assert fired == set(ALERTS)
    assert silent == set(ALERTS)


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    sections = re.findall(r"^## (\w+)$", (ROOT / "docs/runbooks.md").read_text(), re.MULTILINE)
    assert sections == list(ALERTS)


def test_alerts_and_dashboards_use_metrics_that_are_documented() -> None:
    used = {re.sub(r"_(bucket|count|sum)$", "", name) for each in expressions() for name in NAME.findall(each)}
    words = {"humanize_percentage", "histogram_quantile"}
    unknown = {name for name in used - words - DOCUMENTED if not FOREIGN.match(name)}
    assert unknown == set()
    assert len(used & DOCUMENTED) > 15


@pytest.mark.skipif(not program("amtool"), reason="needs amtool")
@pytest.mark.parametrize(("severity", "receiver"), [("page", "pages"), ("ticket", "tickets")])
def test_alerts_reach_the_channel_of_their_severity(severity: str, receiver: str) -> None:
    config = str(MONITORING / "alertmanager.yml")
    route = ["amtool", "config", "routes", "test", f"--config.file={config}", f"severity={severity}", "alertname=Any"]
    assert subprocess.run(route, capture_output=True, text=True, check=True).stdout.split() == [receiver]
    assert {rule["labels"]["severity"] for rule in ALERTS.values()} == {"page", "ticket"}
    subprocess.run(["amtool", "check-config", config], capture_output=True, check=True)
