"""More pictures at once than the server can take are sent away early, and everybody else is served."""

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from media.processing import pipeline
from tests.factories import upload


@pytest.fixture
def _every_place_taken(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads that may take pictures are taking some."""
    monkeypatch.setattr(pipeline, "MAX_WAIT", 0.01)
    settings.THREADS = 2
    taken = pipeline._upload_slots(1)
    taken.acquire()


@pytest.mark.usefixtures("_every_place_taken")
def test_an_upload_too_many_is_refused_with_a_time_to_retry(mina_api: APIClient) -> None:
    refused = mina_api.post("/api/v1/images", {"image": upload()}, format="multipart")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "busy", "3")
    assert mina_api.get("/api/v1/posts").status_code == 200
    pipeline._upload_slots(1).release()
    assert mina_api.post("/api/v1/images", {"image": upload()}, format="multipart").status_code == 201
