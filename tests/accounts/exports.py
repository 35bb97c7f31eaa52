"""Request an export by the API, download it, and read its files."""

import io
import zipfile
from typing import Any

import orjson
from rest_framework.test import APIClient

EXPORTS = "/api/v1/me/exports"


def request_export(api: APIClient) -> str:
    """Request an export; its URL."""
    response = api.post(EXPORTS)
    assert response.status_code == 202, response.content
    return f"{EXPORTS}/{response.json()['id']}"


def download(api: APIClient, url: str) -> zipfile.ZipFile:
    """Download the zip of an export."""
    response: Any = api.get(f"{url}/file")
    assert response.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def read_json(archive: zipfile.ZipFile, name: str) -> Any:
    """The content of one of its JSON files."""
    return orjson.loads(archive.read(f"{name}.json"))
