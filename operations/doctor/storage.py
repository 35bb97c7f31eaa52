"""Both storages: they must store, return and delete, and anybody may read the files of one of them only."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from secrets import token_hex
from typing import Any
from urllib.parse import urlsplit

from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from storages.backends.s3 import S3Storage

from operations.doctor.findings import FAIL, OK, WARN, Finding, examination

CONTENT = b"manage.py doctor wrote this to see whether it can be read, and deletes it at once.\n"
BUCKETS = {"default": "STORAGE_BUCKET", "private": "PRIVATE_BUCKET"}


@examination("storage")
def examine_storage() -> Iterator[Finding]:
    """Examine both storages, each call within STORAGE_TIMEOUT."""
    for alias, setting in BUCKETS.items():
        storage: Any = storages[alias]
        name = f"doctor/{token_hex(16)}.txt"
        try:
            yield from _examine(storage, name, setting)
        except (OSError, BotoCoreError, ClientError) as error:
            advice = f"Correct {setting}, STORAGE_REGION, STORAGE_ENDPOINT and the credentials of the role."
            yield Finding(FAIL, setting, f"does not store files: {_describe(error)}", advice)


def _examine(storage: Any, name: str, setting: str) -> Iterator[Finding]:
    storage.save(name, ContentFile(CONTENT))
    try:
        with storage.open(name) as file:
            is_same = file.read() == CONTENT
        yield Finding(OK if is_same else FAIL, setting, "stores and returns a file", "" if is_same else "Use another.")
        yield from _examine_public_access(storage, name, setting)
    finally:
        storage.delete(name)
    is_deleted = not _exists(storage, name)
    advice = "" if is_deleted else "Allow s3:DeleteObject: erasure could not delete images."
    yield Finding(OK if is_deleted else FAIL, setting, "deletes the file", advice)


def _exists(storage: Any, name: str) -> bool:
    try:
        return bool(storage.exists(name))
    # A role that may not list the bucket gets 403 for what is not there.
    except ClientError:
        return False


def _examine_public_access(storage: Any, name: str, setting: str) -> Iterator[Finding]:
    """Read the file without credentials, in the bucket itself and, if it is public, where clients read it."""
    if not isinstance(storage, S3Storage):
        yield Finding(WARN if settings.PRODUCTION else OK, setting, "is on the disk of this server")
        return
    if setting == "PRIVATE_BUCKET":
        is_open = _is_readable_by_anybody(storage, name)
        advice = "Block public access to this bucket at once: exports and removed images are in it." if is_open else ""
        text = "anybody can read its files" if is_open else "nobody reads its files without a signature"
        yield Finding(FAIL if is_open else OK, setting, text, advice)
        return
    status = _fetch(f"{settings.IMAGE_BASE_URL}/{name}")
    text = "clients can read its files at IMAGE_BASE_URL"
    if status == "200":
        yield Finding(OK, setting, text)
    else:
        advice = "Let the CDN in IMAGE_BASE_URL, and with it anybody, read this bucket."
        yield Finding(FAIL, setting, f"{text}: no, but {status}", advice)


def _is_readable_by_anybody(storage: Any, name: str) -> bool:
    client = storage._create_session().client(
        "s3",
        region_name=storage.region_name,
        endpoint_url=storage.endpoint_url,
        config=storage.client_config.merge(Config(signature_version=UNSIGNED)),
    )
    try:
        client.get_object(Bucket=storage.bucket_name, Key=name)
    except ClientError:
        return False
    return True


def _fetch(url: str) -> str:
    if urlsplit(url).scheme not in ("http", "https"):
        return "a URL that is not http"
    try:
        with urllib.request.urlopen(url, timeout=settings.STORAGE_TIMEOUT) as response:  # noqa: S310 - http, see above
            return "200" if response.read() == CONTENT else "another file"
    except urllib.error.HTTPError as error:
        return f"status {error.code}"
    except (OSError, ValueError) as error:
        return type(error).__name__


def _describe(error: Exception) -> str:
    code = error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
    return str(code or type(error).__name__)
