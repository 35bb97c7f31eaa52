"""What the stories of exports share: asking for one, and reading the zip as its member does."""

import io
import zipfile
from typing import Any

import orjson
from rest_framework.test import APIClient

EXPORTS = "/api/v1/me/exports"


def ask(api: APIClient) -> str:
    """Ask for an export; its address."""
    answer = api.post(EXPORTS)
    assert answer.status_code == 202, answer.content
    return f"{EXPORTS}/{answer.json()['id']}"


def fetched(api: APIClient, address: str) -> zipfile.ZipFile:
    """The zip behind an address."""
    answer: Any = api.get(f"{address}/file")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def told(zipped: zipfile.ZipFile, name: str) -> Any:
    """What one of its JSON files says."""
    return orjson.loads(zipped.read(f"{name}.json"))
