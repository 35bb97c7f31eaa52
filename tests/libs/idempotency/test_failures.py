"""Failed requests are not stored: a repeat is processed again, and then stored."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as present
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Export
from libs.idempotency.models import StoredResponse
from media.models import Image
from posts.models import Post
from tests.factories import upload
from tests.project.problems import is_problem

POSTS, IMAGES, EXPORTS = "/api/v1/posts", "/api/v1/images", "/api/v1/me/exports"
WITH_IMAGES = [(POSTS, "images"), (IMAGES, "image")]


def send(client: APIClient, path: str, part: str) -> Any:
    """Send an image with a fixed key."""
    return client.post(path, {part: upload(size=(8, 8))}, format="multipart", HTTP_IDEMPOTENCY_KEY="k")


def is_processed_again(send_again: Callable[[], Any]) -> bool:
    """Whether nothing was stored, a repeat is processed, and the next one gets its response."""
    assert not StoredResponse.objects.exists()
    done, repeat = send_again(), send_again()
    assert (done.status_code // 100, done.get("Idempotency-Replayed")) == (2, None)
    assert (repeat.content, repeat["Idempotency-Replayed"]) == (done.content, "true")
    return True


@pytest.mark.parametrize(("path", "part", "scope"), [(*WITH_IMAGES[0], "post"), (*WITH_IMAGES[1], "upload")])
def test_a_request_over_its_limit_is_processed_when_repeated(
    mina_api: APIClient, settings: Settings, path: str, part: str, scope: str
) -> None:
    rates = settings.THROTTLE_RATES
    settings.THROTTLE_RATES = rates | {f"{scope}-member": "1/hour"}
    mina_api.post(path, {}, format="multipart")
    refused = send(mina_api, path, part)
    assert is_problem(refused, 429, "too_many_requests")
    settings.THROTTLE_RATES = rates
    assert is_processed_again(lambda: send(mina_api, path, part))
    assert Image.objects.count() == 1


def test_an_export_refused_for_today_is_processed_when_repeated(
    mina_api: APIClient, run_jobs: Callable[[], None]
) -> None:
    mina_api.post(EXPORTS)
    run_jobs()
    assert is_problem(mina_api.post(EXPORTS, HTTP_IDEMPOTENCY_KEY="k"), 429, "export_once_a_day")
    Export.objects.all().delete()
    assert is_processed_again(lambda: mina_api.post(EXPORTS, HTTP_IDEMPOTENCY_KEY="k"))


@pytest.mark.parametrize(("path", "part"), WITH_IMAGES)
def test_a_request_without_storage_is_processed_when_repeated(
    mina_api: APIClient, settings: Settings, tmp_path: Path, path: str, part: str
) -> None:
    away = tmp_path / "a file instead of a folder"
    away.touch()
    disk = {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": {"location": away}}
    settings.STORAGES = present.STORAGES | {"default": disk}
    assert is_problem(send(mina_api, path, part), 503, "storage_unavailable")
    settings.STORAGES = present.STORAGES | {"default": disk | {"OPTIONS": {"location": tmp_path}}}
    assert is_processed_again(lambda: send(mina_api, path, part))
    assert (Post.objects.count(), Image.objects.stored().count()) == (path == POSTS, 1)


@pytest.mark.parametrize(("path", "part"), WITH_IMAGES)
def test_a_request_that_crashed_is_processed_when_repeated(
    mina_api: APIClient, settings: Settings, path: str, part: str
) -> None:
    storages = settings.STORAGES
    settings.STORAGES = storages | {"default": {"BACKEND": "media.storage.local.Misspelt"}}
    assert is_problem(send(mina_api, path, part), 500)
    settings.STORAGES = storages
    assert is_processed_again(lambda: send(mina_api, path, part))
    assert (Post.objects.count(), Image.objects.stored().count()) == (path == POSTS, 1)
