"""Putting files into storage, reading and removing them: one place where its failures become StorageUnavailable."""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from media.errors import StorageUnavailable
from media.image_urls import SUFFIXES, TYPES, file_name

logger = logging.getLogger("media")
Item = TypeVar("Item")

# The pictures of one post travel so many at a time.
AT_ONCE = 4


def save_variant(key: str, variant: str, data: bytes) -> None:
    """Put one variant's file into storage, in the place of an unfinished one."""
    name = file_name(key, variant)
    content = ContentFile(data, name)
    # Storage tells browsers this type, whatever they would guess.
    content.content_type = TYPES[variant]  # type: ignore[attr-defined]
    with _refusals():
        if default_storage.save(name, content) != name:
            raise OSError(f"storage took another name for {name}")


def replace_variant(key: str, variant: str, data: bytes) -> None:
    """As `save_variant`, for a job that may have been here before."""
    delete_file(file_name(key, variant))
    save_variant(key, variant, data)


def save_full_variants(pictures: Iterable[tuple[str, bytes]]) -> None:
    """Put full variants, each a key and its bytes, into storage; raises for the first that fails."""
    _at_once(lambda pair: save_variant(pair[0], "full", pair[1]), pictures)


def read_variant(key: str, variant: str) -> bytes:
    """The bytes of one variant."""
    with _refusals(), default_storage.open(file_name(key, variant)) as file:
        data: bytes = file.read()
        return data


def find_variant(key: str, variant: str) -> bytes | None:
    """As `read_variant`; None when storage answers that there is no such file."""
    with _refusals():
        try:
            with default_storage.open(file_name(key, variant)) as file:
                data: bytes = file.read()
                return data
        except FileNotFoundError:
            return None


def delete_file(name: str) -> None:
    """Delete one file; one that is not there is deleted already."""
    with _refusals():
        default_storage.delete(name)


def delete_variants(keys: Iterable[str]) -> None:
    """Delete every variant of the pictures with these keys."""
    _at_once(delete_file, [file_name(key, variant) for key in keys for variant in SUFFIXES])


def _at_once(do: Callable[[Item], None], items: Iterable[Item]) -> None:
    with ThreadPoolExecutor(AT_ONCE, "storage") as pool:
        # The first failure takes those that have not begun along.
        list(pool.map(do, items))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except (OSError, BotoCoreError, ClientError) as fault:
        logger.warning("storage failed", extra={"error": type(fault).__name__})
        raise StorageUnavailable from fault
