"""Saving, reading and deleting image files. Every function raises StorageUnavailable when storage fails."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from libs.thread_pools import CallerThreadPoolExecutor
from media.image_urls import CONTENT_TYPES, SUFFIXES, file_name
from media.storage.errors import storage_errors

Item = TypeVar("Item")

# How many files of one request are saved or deleted at the same time.
THREADS = 4


def save_variant(key: str, variant: str, data: bytes) -> None:
    """Save one variant of an image. A file that exists already is replaced on disk, and makes this fail on S3."""
    name = file_name(key, variant)
    content = ContentFile(data, name)
    # The storage backends answer with this type; without it they would guess one.
    content.content_type = CONTENT_TYPES[variant]  # type: ignore[attr-defined]
    with storage_errors():
        if default_storage.save(name, content) != name:
            raise OSError(f"storage took another name for {name}")


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
    with storage_errors():
        try:
            with default_storage.open(file_name(key, variant)) as file:
                data: bytes = file.read()
                return data
        except FileNotFoundError:
            return None


def delete_variants(keys: Iterable[str]) -> None:
    """Delete every variant of the images with these keys."""
    _run_in_threads(_delete_file, [file_name(key, variant) for key in keys for variant in SUFFIXES])


def _delete_file(name: str) -> None:
    with storage_errors():
        default_storage.delete(name)


def _run_in_threads(function: Callable[[Item], None], items: Iterable[Item]) -> None:
    with CallerThreadPoolExecutor(THREADS, "storage") as pool:
        # The first failure cancels what has not begun.
        list(pool.map(function, items))
