"""The committed OpenAPI documents, read once; PyYAML's own parser takes seconds for each."""

import functools
from pathlib import Path
from typing import Any

import yaml
from drf_spectacular.generators import SchemaGenerator

from config.views import render_schema

# Written in C where PyYAML was built with it.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@functools.cache
def openapi_document(generator: Any = SchemaGenerator) -> dict[str, Any]:
    """The document that a generator has made; shared, so not to be changed."""
    return parse(render_schema(generator).decode())


def read(path: Path) -> dict[str, Any]:
    """The document in a file."""
    return parse(path.read_text(encoding="utf-8"))


def parse(text: str) -> dict[str, Any]:
    """A document from its YAML."""
    document: dict[str, Any] = yaml.load(text, Loader=LOADER)  # noqa: S506 - one of the two safe loaders
    return document
