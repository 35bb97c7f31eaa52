"""Images in a bucket, over HTTP."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import transaction

from accounts.models import Member
from media.errors import StorageUnavailable
from media.models import Image, new_image_key
from media.storage import image_files
from tests.factories import store_images
from tests.media.conftest import close_bucket, use_bucket
from tests.media.sample_images import photograph, uploaded_file


def names_in(bucket: Any) -> list[str]:
    """Every name in the bucket."""
    return sorted(item.key for item in bucket.objects.all())


def connections_to(listener: socket.socket) -> int:
    """How many clients have connected and were not accepted yet."""
    listener.setblocking(False)
    number = 0
    with suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            number += 1
    return number


def test_an_image_and_its_variants_are_stored_with_content_type_and_cache_control(
    bucket: Any, mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    assert names_in(bucket) == [f"{image.key}.{end}" for end in ("feed.webp", "full.jpg", "thumb.webp")]
    for item in bucket.objects.all():
        stored = item.get()
        assert stored["ContentType"] == ("image/jpeg" if item.key.endswith("jpg") else "image/webp")
        assert stored["CacheControl"] == "public, max-age=604800, s-maxage=3600, immutable"
    assert Image.objects.get().variants_at


def test_a_discarded_image_is_deleted_from_the_bucket(
    bucket: Any, mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    run_jobs()
    with transaction.atomic():
        Image.objects.discard([image])
    assert len(names_in(bucket)) == 3
    run_jobs()
    assert names_in(bucket) == []


def test_ten_images_are_stored_at_once_and_complete(bucket: Any, mina: Member) -> None:
    images = store_images([uploaded_file(photograph(60 + number, 60)) for number in range(10)], owner=mina)
    assert names_in(bucket) == sorted(f"{image.key}.full.jpg" for image in images)
    assert [len(image_files.read_variant(image.key, "full")) for image in images] == [image.bytes for image in images]


def test_a_file_in_storage_is_never_overwritten(bucket: Any) -> None:
    key = new_image_key()
    image_files.save_variant(key, "full", b"first")
    with pytest.raises(StorageUnavailable):
        image_files.save_variant(key, "full", b"second")
    assert image_files.read_variant(key, "full") == b"first"


def test_a_missing_bucket_is_an_error_with_a_time_to_retry(bucket: Any, mina: Member, settings: Any) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"]
        | {"OPTIONS": settings.STORAGES["default"]["OPTIONS"] | {"bucket_name": "elsewhere"}}
    }
    with pytest.raises(StorageUnavailable) as refusal:
        store_images([uploaded_file(photograph())], owner=mina)
    assert refusal.value.wait == 5
    assert not Image.objects.stored().exists()


def test_a_store_that_does_not_answer_is_given_up_in_time(mina: Member, settings: Any, bucket: Any) -> None:
    settings.STORAGE_TIMEOUT = 0.4
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_bucket(settings, f"http://127.0.0.1:{silent.getsockname()[1]}")
        with pytest.raises(StorageUnavailable):
            store_images([uploaded_file(photograph()), uploaded_file(photograph())], owner=mina)
        config = storages["default"].connection.meta.client.meta.config  # type: ignore[attr-defined]
        tries = config.retries["total_max_attempts"]
        assert tries * config.read_timeout == tries * config.connect_timeout == settings.STORAGE_TIMEOUT
        assert tries <= connections_to(silent) <= 2 * tries
        close_bucket()
    use_bucket(settings, str(bucket.meta.client.meta.endpoint_url))
