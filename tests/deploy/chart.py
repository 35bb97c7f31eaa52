"""The objects of k8s/chart with the values of each environment, rendered by Helm's own engine."""

import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.server_process import ROOT

CHART = ROOT / "k8s/chart"
# `make deploy-tools` installs it.
PYTHON = ROOT / "var/deploy/venv/bin/python"
IMAGE = f"{CHART}/image-production.yaml"
ENVIRONMENTS = {
    "local": f"{CHART}/values-local.yaml",
    "staging": f"{CHART}/values-staging.yaml,{IMAGE}",
    "production": f"{CHART}/values-production.yaml,{IMAGE}",
}
needs_helm = pytest.mark.skipif(not PYTHON.exists(), reason="needs Helm's engine: make deploy-tools")


def render(files: str) -> subprocess.CompletedProcess[str]:
    """Render the chart with these values; what is wrong is in the result."""
    command = [str(PYTHON), str(ROOT / "deploy/check_chart.py"), "--print", str(CHART), files]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@cache
def rendered(environment: str) -> list[dict[str, Any]]:
    """All objects of one environment."""
    done = render(ENVIRONMENTS[environment])
    assert done.returncode == 0, done.stderr[-2000:]
    return list(yaml.safe_load_all(done.stdout))


def of_kind(environment: str, kind: str) -> dict[str, dict[str, Any]]:
    """Its objects of one kind, by name."""
    return {each["metadata"]["name"]: each for each in rendered(environment) if each["kind"] == kind}


def values(environment: str) -> dict[str, Any]:
    """The chart's values with those of the environment over them."""
    merged: dict[str, Any] = {}
    for file in (f"{CHART}/values.yaml", *ENVIRONMENTS[environment].split(",")):
        _merge(merged, yaml.safe_load(Path(file).read_text(encoding="utf-8")))
    return merged


def _merge(lower: dict[str, Any], upper: dict[str, Any]) -> None:
    for key, value in upper.items():
        if isinstance(value, dict) and isinstance(lower.get(key), dict):
            _merge(lower[key], value)
        else:
            lower[key] = value


def pods(environment: str) -> dict[str, dict[str, Any]]:
    """The templates of all pods, by the name of what makes them."""
    found = {}
    for each in rendered(environment):
        spec = each.get("spec", {})
        template = spec.get("template") or spec.get("jobTemplate", {}).get("spec", {}).get("template")
        if template:
            found[each["metadata"]["name"]] = template
    return found


def containers(pod: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The containers of a pod's template, by name."""
    return {each["name"]: each for each in pod["spec"]["containers"]}


def megabytes(quantity: str) -> float:
    """A Kubernetes quantity of bytes in MB (10^6 bytes)."""
    unit = {"Mi": 2**20, "Gi": 2**30}[quantity[-2:]]
    return int(quantity[:-2]) * unit / 1e6


def cores(quantity: str) -> float:
    """A Kubernetes quantity of processors."""
    return int(quantity[:-1]) / 1000 if quantity.endswith("m") else float(quantity)
