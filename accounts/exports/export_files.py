"""The files of exports, in private storage, which has no public URLs."""

from typing import IO, Any

from django.core.files.base import File
from django.core.files.storage import Storage, storages

from media.storage.errors import storage_errors
from media.storage.s3 import SIGNED_SECONDS, PrivateS3Storage


def _storage() -> Storage:
    return storages["private"]


def save_file(name: str, file: IO[bytes]) -> None:
    """Store a file; one of the same name is overwritten. Raises StorageUnavailable."""
    content: File[Any] = File(file, name)
    content.content_type = "application/zip"  # type: ignore[attr-defined]
    with storage_errors():
        _storage().save(name, content)


def delete_file(name: str) -> None:
    """Delete a file, if it is there. Raises StorageUnavailable."""
    with storage_errors():
        _storage().delete(name)


def open_file(name: str) -> "File[Any]":
    """Open a file, on a server that keeps files on its own disk. Raises StorageUnavailable."""
    with storage_errors():
        return _storage().open(name)


def signed_url(name: str, download_name: str) -> str | None:
    """A URL that reads the file for SIGNED_SECONDS; None when files are on the server's own disk.

    It is computed without a call to the storage service.
    """
    storage = _storage()
    if not isinstance(storage, PrivateS3Storage):
        return None
    parameters = {"ResponseContentDisposition": f'attachment; filename="{download_name}"'}
    url: str = storage.url(name, parameters=parameters, expire=SIGNED_SECONDS)
    return url
