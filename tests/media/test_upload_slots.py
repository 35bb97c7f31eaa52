"""Uploads beyond the limit at once are refused early, and other requests are served."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from media.processing import pipeline
from tests.factories import upload


@pytest.fixture
def _all_slots_in_use(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """All slots for uploads are in use."""
    monkeypatch.setattr(pipeline, "MAX_WAIT", 0.01)
    settings.THREADS = 2
    slots = pipeline._upload_slots(1)
    slots.acquire()


@pytest.mark.usefixtures("_all_slots_in_use")
def test_an_upload_too_many_is_refused_with_a_time_to_retry(mina_api: APIClient) -> None:
    refused = mina_api.post("/api/v1/images", {"image": upload()}, format="multipart")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "busy", "3")
    assert mina_api.get("/api/v1/posts").status_code == 200
    pipeline._upload_slots(1).release()
    assert mina_api.post("/api/v1/images", {"image": upload()}, format="multipart").status_code == 201
