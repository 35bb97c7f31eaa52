"""Uploads beyond the limit at once are refused early, and other requests are served."""

import os
import sys
import threading
from collections.abc import Iterator

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from media import jobs
from media.errors import Busy
from media.models import Image
from media.processing import pipeline, sandbox
from tests.factories import upload
from tests.media.heic import heic
from tests.media.sample_images import uploaded_file


@pytest.fixture
def _all_uploads_in_progress(settings: Settings) -> Iterator[None]:
    """The only thread that takes uploads has one."""
    settings.THREADS = 1 + pipeline.THREADS_FOR_OTHER_REQUESTS
    uploads = pipeline._upload_semaphore(1)
    uploads.acquire()
    yield
    uploads.release()


@pytest.mark.usefixtures("_all_uploads_in_progress")
def test_an_upload_too_many_is_refused_with_a_time_to_retry(mina_api: APIClient, settings: Settings) -> None:
    refused = mina_api.post("/api/v1/images", {"image": upload()}, format="multipart")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "busy", "3")
    assert mina_api.get("/api/v1/posts").status_code == 200


def test_a_photo_that_an_overloaded_machine_has_no_time_for_is_not_called_damaged(
    mina_api: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = heic([(128, 128, 128)] * 4)
    monkeypatch.setattr(sandbox, "TIMEOUT", 0.001)
    refused = mina_api.post("/api/v1/images", {"image": uploaded_file(photo)}, format="multipart")
    assert (refused.status_code, refused.json()["code"], refused["Retry-After"]) == (503, "busy", "3")
    assert not Image.objects.exists()
    monkeypatch.undo()
    assert mina_api.post("/api/v1/images", {"image": uploaded_file(photo)}, format="multipart").status_code == 201


@pytest.mark.parametrize(("threads", "uploads"), [(1, 1), (2, 1), (3, 1), (8, 6)])
def test_two_threads_are_left_to_other_requests(settings: Settings, threads: int, uploads: int) -> None:
    settings.THREADS = threads
    free = pipeline._upload_semaphore(uploads)
    for _ in range(uploads):
        assert free.acquire(blocking=False)
    try:
        with pytest.raises(Busy):
            pipeline.process_all([upload()])
    finally:
        free.release(uploads)
    assert pipeline.process_all([upload()])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux gives threads priorities of their own")
def test_variants_leave_the_processor_to_uploads_that_somebody_waits_for() -> None:
    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    before = niceness()
    assert jobs._variant_pool().submit(niceness).result() == max(before, jobs.VARIANT_NICENESS)
    assert pipeline._decoder_pool(1).submit(niceness).result() == niceness() == before
