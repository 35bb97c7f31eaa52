"""Files that one member may read and nobody else: in storage that has no public address."""

from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from media.storage.errors import storage_errors
from media.storage.s3 import SIGNED_SECONDS, PrivateS3Storage


def _storage() -> Storage:
    return storages["private"]


def store(name: str, file: IO[bytes]) -> None:
    """Put a file into storage, in the place of an earlier try's. Raises StorageUnavailable."""
    content: File[Any] = File(file, name)
    content.content_type = "application/zip"  # type: ignore[attr-defined]
    with storage_errors():
        _storage().save(name, content)


def remove(name: str) -> None:
    """Delete one file; one that is not there is deleted already. Raises StorageUnavailable."""
    with storage_errors():
        _storage().delete(name)


def open_file(name: str) -> "File[Any]":
    """The file itself, for a server that has it on its own disk. Raises StorageUnavailable."""
    with storage_errors():
        return _storage().open(name)


def signed_address(name: str, saved_as: str) -> str | None:
    """Where anybody may read the file for SIGNED_SECONDS, made without a call; None when it is on our own disk."""
    storage = _storage()
    if not isinstance(storage, PrivateS3Storage):
        return None
    parameters = {"ResponseContentDisposition": f'attachment; filename="{saved_as}"'}
    address: str = storage.url(name, parameters=parameters, expire=SIGNED_SECONDS)
    return address
