"""Listing of the files in public storage, in pages and in the order of their names."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from storages.backends.s3 import S3Storage

from media.storage.errors import storage_errors

# What one request to S3 returns at most; each costs money. Files.
PAGE = 1_000
# The folder of all images.
PREFIX = "images/"


class StoredFile(NamedTuple):
    """A file in storage; `changed_at` is when it was written."""

    name: str
    bytes: int
    changed_at: datetime


def list_image_files(*, after: str = "") -> Iterator[list[StoredFile]]:
    """Yield pages of the files of images whose names come after this one; raises StorageUnavailable."""
    storage: Any = default_storage
    with storage_errors():
        if isinstance(getattr(storage, "_wrapped", storage), S3Storage):
            yield from _list_bucket(storage, after)
        else:
            yield from _list_folder(Path(storage.location), after)


def _list_bucket(storage: Any, after: str) -> Iterator[list[StoredFile]]:
    client = storage.connection.meta.client
    options = {"Bucket": storage.bucket_name, "Prefix": PREFIX, "StartAfter": after, "MaxKeys": PAGE}
    for page in client.get_paginator("list_objects_v2").paginate(**options):
        yield [StoredFile(one["Key"], one["Size"], one["LastModified"]) for one in page.get("Contents", ())]


def _list_folder(root: Path, after: str) -> Iterator[list[StoredFile]]:
    names = sorted(
        str(Path(folder, name).relative_to(root)) for folder, _, files in os.walk(root / PREFIX) for name in files
    )
    later = [name for name in names if name > after]
    for start in range(0, len(later), PAGE):
        stats = ((name, (root / name).stat()) for name in later[start : start + PAGE])
        yield [StoredFile(name, one.st_size, datetime.fromtimestamp(one.st_mtime, UTC)) for name, one in stats]
