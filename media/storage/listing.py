"""Listing of the files in a folder of a storage, in pages and in the order of their names."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.core.files.storage import storages
from storages.backends.s3 import S3Storage

from media.storage.errors import storage_errors

# What one request to S3 returns at most; each costs money. Files.
PAGE = 1_000


class StoredFile(NamedTuple):
    """A file in storage; `changed_at` is when it was written."""

    name: str
    bytes: int
    changed_at: datetime


def list_files(alias: str, folder: str, *, after: str = "") -> Iterator[list[StoredFile]]:
    """Yield pages of the files in a folder of a storage whose names come after this one; raises StorageUnavailable."""
    storage: Any = storages[alias]
    with storage_errors():
        if isinstance(storage, S3Storage):
            yield from _list_bucket(storage, folder, after)
        else:
            yield from _list_folder(Path(storage.location), folder, after)


def _list_bucket(storage: Any, prefix: str, after: str) -> Iterator[list[StoredFile]]:
    client = storage.connection.meta.client
    options = {"Bucket": storage.bucket_name, "Prefix": prefix, "StartAfter": after, "MaxKeys": PAGE}
    for page in client.get_paginator("list_objects_v2").paginate(**options):
        yield [StoredFile(one["Key"], one["Size"], one["LastModified"]) for one in page.get("Contents", ())]


def _list_folder(root: Path, prefix: str, after: str) -> Iterator[list[StoredFile]]:
    names = sorted(
        str(Path(folder, name).relative_to(root)) for folder, _, files in os.walk(root / prefix) for name in files
    )
    later = [name for name in names if name > after]
    for start in range(0, len(later), PAGE):
        stats = ((name, (root / name).stat()) for name in later[start : start + PAGE])
        yield [StoredFile(name, one.st_size, datetime.fromtimestamp(one.st_mtime, UTC)) for name, one in stats]
