"""A folder for image files, and a bucket that answers over HTTP."""

from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.files.storage import storages

BUCKET = "pictures"


@pytest.fixture(autouse=True)
def image_folder(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for each test."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": tmp_path}}
    }
    return tmp_path


@pytest.fixture
def bucket(s3_url: str, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket, where image files are stored."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    use_bucket(settings, s3_url)
    client = boto3.resource("s3", endpoint_url=s3_url, region_name="us-east-1")
    made = client.create_bucket(Bucket=BUCKET)
    yield made
    made.objects.all().delete()
    made.delete()
    close_bucket()
    client.meta.client.close()


def use_bucket(settings: Any, address: str) -> None:
    """Store image files in a bucket at this address."""
    options = {"bucket_name": BUCKET, "region_name": "us-east-1", "endpoint_url": address}
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "media.storage.s3.PublicS3Storage", "OPTIONS": options}
    }


def close_bucket() -> None:
    """Close the connections to the bucket in use."""
    storage: Any = storages["default"]
    storage.connection.meta.client.close()
