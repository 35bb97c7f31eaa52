"""Lint and render a Helm chart, and validate each object by the strict schema of the Kubernetes API.

    python deploy/check_chart.py CHART [VALUES ...]
    python deploy/check_chart.py --print [--with-secrets] CHART VALUES

VALUES is a file, or several of one environment with commas between them, of which later ones win. With --print the
objects are shown, as YAML, rather than checked; with --with-secrets each Secret that they name stands among them, in
the place of ExternalSecrets. Needs the packages of requirements-deploy.txt, which contain Helm's own engine. Custom
resources (kinds of other API groups, such as Argo CD's) are rendered and not validated.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import yaml

# The version of terraform/production.
KUBERNETES = "1.35.0"
NAME, NAMESPACE = "heart-to-heart", "heart"
# helm.lint reports 1 for information, 2 for warnings, 3 for errors.
WARNING = 2


def _lint(chart: str) -> Iterator[str]:
    for message in helm.lint(chart)["messages"]:
        if message["severity"] >= WARNING:
            yield f"{message['path']}: {message['error']}"


def _merged(lower: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    both = {key: _merged(lower[key], upper[key]) for key in lower.keys() & upper.keys() if isinstance(upper[key], dict)}
    return lower | upper | both


def _values(files: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for file in files.split(","):
        values = _merged(values, yaml.safe_load(Path(file).read_text(encoding="utf-8")) or {})
    return values


def _objects(chart: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    with helm.Chart.load(chart) as loaded:
        loaded.validate_schema(loaded.merge_values(values))
        for path, text in sorted(loaded.render(values, name=NAME, namespace=NAMESPACE).items()):
            if not path.endswith("NOTES.txt"):
                yield from ((path, each) for each in yaml.safe_load_all(text) if each)


def _faults(chart: str, values: dict[str, Any]) -> Iterator[str]:
    yield from _lint(chart)
    try:
        documents = list(_objects(chart, values))
    except helm.HelmError as error:
        yield str(error)
        return
    for path, document in documents:
        try:
            kubernetes_validate.validate(document, KUBERNETES, strict=True)
        except kubernetes_validate.ValidationError as error:
            yield f"{path}: {'.'.join(map(str, error.path))}: {error.message[:300]}"
        except kubernetes_validate.SchemaNotFoundError:
            continue


def _with_secrets(documents: list[Any]) -> list[Any]:
    named = set(re.findall(r'"secretRef": {"name": "([^"]+)"', json.dumps(documents)))
    secrets = [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}} for name in sorted(named)]
    return [each for each in documents if each["kind"] != "ExternalSecret"] + secrets


def show(*words: str) -> int:
    """Print all objects of the chart with the values of an environment."""
    *options, chart, files = words
    documents = [each for _, each in _objects(chart, _values(files))]
    if "--with-secrets" in options:
        documents = _with_secrets(documents)
    yaml.safe_dump_all(documents, sys.stdout, sort_keys=False)
    return 0


def main(chart: str, *environments: str) -> int:
    """Print the faults of the chart with the values of each environment; return 1 if there are any."""
    faults: list[str] = []
    for files in environments or [f"{chart}/values.yaml"]:
        faults += [f"{files}: {fault}" for fault in _faults(chart, _values(files))]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(show(*words[1:]) if words[:1] == ["--print"] else main(*words))
