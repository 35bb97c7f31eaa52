"""Lint and render a Helm chart, and validate each object by the strict schema of the Kubernetes API.

    python deploy/check_chart.py CHART [VALUES ...]

Needs the packages of requirements-deploy.txt, which contain Helm's own engine. Custom resources (kinds of other API
groups, such as Argo CD's) are rendered and not validated.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python as helm
import kubernetes_validate
import yaml

KUBERNETES = "1.32.0"
# helm.lint reports 1 for information, 2 for warnings, 3 for errors.
WARNING = 2


def _lint(chart: str) -> Iterator[str]:
    for message in helm.lint(chart)["messages"]:
        if message["severity"] >= WARNING:
            yield f"{message['path']}: {message['error']}"


def _objects(chart: str, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    with helm.Chart.load(chart) as loaded:
        loaded.validate_schema(loaded.merge_values(values))
        for path, text in sorted(loaded.render(values, name="heart-to-heart", namespace="heart-to-heart").items()):
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


def main(chart: str, *files: str) -> int:
    """Print the faults of the chart with the values of each file, by default its own; return 1 if there are any."""
    faults: list[str] = []
    for file in files or [f"{chart}/values.yaml"]:
        values = yaml.safe_load(Path(file).read_text(encoding="utf-8")) or {}
        faults += [f"{file}: {fault}" for fault in _faults(chart, values)]
    sys.stdout.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
