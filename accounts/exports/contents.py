"""Helpers for the functions that fill the JSON files of a data export (GDPR articles 15 and 20)."""

from collections.abc import Iterator
from typing import TypeVar

from django.db import models

M = TypeVar("M", bound=models.Model)
# Rows in memory at a time.
CHUNK = 500


def image_path(image_id: int) -> str:
    """Where in the zip an image lies, for files that refer to one."""
    return f"pictures/{image_id}.jpg"


def iterate_by_id(rows: "models.QuerySet[M]") -> Iterator[M]:
    """Every row in the order of the ids, CHUNK in memory at a time."""
    last = 0
    while chunk := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        yield from chunk
        last = chunk[-1].pk
