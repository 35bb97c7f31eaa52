"""Helpers for the functions that fill the JSON files of a data export (GDPR articles 15 and 20)."""

from collections.abc import Container, Iterator, Mapping
from typing import Any, TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
# Rows in memory at a time.
CHUNK = 500


class ImagePath(str):
    """The name of an image in the zip; null is written in its place when the zip has no such file."""

    __slots__ = ()


def image_path(image_id: int) -> ImagePath:
    """Where in the zip an image lies, for files that refer to one."""
    return ImagePath(f"pictures/{image_id}.jpg")


def without_missing_images(value: Any, names: Container[str]) -> Any:
    """The value with None in the place of each image path that is not among the names."""
    if isinstance(value, ImagePath):
        return value if value in names else None
    if isinstance(value, Mapping):
        return {key: without_missing_images(inner, names) for key, inner in value.items()}
    if isinstance(value, list):
        return [without_missing_images(inner, names) for inner in value]
    return value


def iterate_by_id(rows: "models.QuerySet[M]") -> Iterator[M]:
    """Every row in the order of the ids, CHUNK in memory at a time."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk
