"""Saving, reading and deleting image files. Every function raises StorageUnavailable when storage fails.

Anybody who knows an image's URL can read its variants. What may not be public lies in private storage, as the full
variant alone and under the same name. Each storage is a bucket (`s3.py`), or a folder where none is set (`local.py`).
"""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage, storages

from libs.thread_pools import CallerThreadPoolExecutor
from media.image_urls import CONTENT_TYPES, SUFFIXES, file_name
from media.storage.errors import storage_errors

Item = TypeVar("Item")

# How many files of one request are saved or deleted at the same time.
THREADS = 4


def save_variant(key: str, variant: str, data: bytes) -> None:
    """Save one variant of an image. A file that exists already is replaced on disk, and makes this fail on S3."""
    _save(default_storage, key, variant, data)


def replace_variant(key: str, variant: str, data: bytes) -> None:
    """Save one variant in the place of an earlier attempt's."""
    _delete_file(file_name(key, variant))
    save_variant(key, variant, data)


def save_full_variants(images: Iterable[tuple[str, bytes]]) -> None:
    """Save full variants, each a key and its bytes, at the same time; raises for the first that fails."""
    _run_in_threads(lambda image: save_variant(image[0], "full", image[1]), images)


def read_variant(key: str, variant: str) -> bytes:
    """Read one variant; a missing file is a failure."""
    with storage_errors(), default_storage.open(file_name(key, variant)) as file:
        data: bytes = file.read()
        return data


def find_variant(key: str, variant: str) -> bytes | None:
    """Read one variant; None if there is no such file."""
    return _find(default_storage, file_name(key, variant))


def save_private(key: str, data: bytes) -> None:
    """Save a full variant in private storage; a retry replaces it."""
    _save(storages["private"], key, "full", data)


def find_full(key: str) -> bytes | None:
    """Read the full variant, wherever it lies; None if there is no such file.

    Public storage is looked at first: a file is deleted there only after it was saved in private storage.
    """
    return find_variant(key, "full") or find_private(key)


def find_private(key: str) -> bytes | None:
    """Read the full variant in private storage; None if there is no such file."""
    return _find(storages["private"], file_name(key, "full"))


def delete_private(keys: Iterable[str]) -> None:
    """Delete the full variants with these keys in private storage."""
    _run_in_threads(lambda key: _delete(storages["private"], file_name(key, "full")), keys)


def delete_variants(keys: Iterable[str]) -> None:
    """Delete every variant of the images with these keys."""
    _run_in_threads(_delete_file, [file_name(key, variant) for key in keys for variant in SUFFIXES])


def _save(storage: Storage, key: str, variant: str, data: bytes) -> None:
    name = file_name(key, variant)
    content = ContentFile(data, name)
    # The storage backends answer with this type; without it they would guess one.
    content.content_type = CONTENT_TYPES[variant]  # type: ignore[attr-defined]
    with storage_errors():
        if storage.save(name, content) != name:
            raise OSError(f"storage took another name for {name}")


def _find(storage: Storage, name: str) -> bytes | None:
    with storage_errors():
        try:
            with storage.open(name) as file:
                data: bytes = file.read()
                return data
        except FileNotFoundError:
            return None


def _delete_file(name: str) -> None:
    _delete(default_storage, name)


def _delete(storage: Storage, name: str) -> None:
    with storage_errors():
        storage.delete(name)


def _run_in_threads(function: Callable[[Item], None], items: Iterable[Item]) -> None:
    with CallerThreadPoolExecutor(THREADS, "storage") as pool:
        # The first failure cancels what has not begun.
        list(pool.map(function, items))
