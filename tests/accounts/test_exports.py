"""Data exports: requested, built, announced by e-mail, downloaded by their member only, and deleted in time."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.cleanup import clean_up_exports
from accounts.exports.builder import build_archive
from accounts.models import Export, Member
from accounts.models.export import new_export_key
from libs.outbox.models import Job
from media.image_urls import file_name
from media.models import Image
from tests.accounts.conftest import AtOnce
from tests.accounts.exports import EXPORTS, download, request_export
from tests.conftest import logged_in
from tests.erasing import erase

RunJobs = Callable[[], None]


def stored_files() -> list[str]:
    """The zips in private storage on disk."""
    return sorted(str(path) for path in Path(storages["private"].path("")).rglob("*.zip"))


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, settings: Any) -> None:
    options = {"location": tmp_path / "private", "file_permissions_mode": 0o600}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": options}
    }


def test_an_export_is_queued_then_ready_and_can_be_downloaded(mina_api: APIClient, run_jobs: RunJobs) -> None:
    url = request_export(mina_api)
    new = mina_api.get(url).json()
    assert (new["state"], new["ready_at"], new["bytes"]) == ("queued", None, None)
    assert mina_api.get(f"{url}/file").json()["code"] == "export_not_there"
    run_jobs()
    ready = mina_api.get(url).json()
    assert ready["state"] == "ready"
    assert ready["progress"]["done"] == ready["progress"]["total"] > 0
    assert mina_api.get(EXPORTS).json()["results"] == [ready]
    response = mina_api.get(f"{url}/file")
    assert response.headers["Content-Type"] == "application/zip"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="heart-to-heart-')
    assert response.headers["Cache-Control"] == "no-store"
    assert len(b"".join(response.streaming_content)) == ready["bytes"]  # type: ignore[attr-defined]


def test_a_request_while_an_export_is_built_returns_the_same_export(mina_api: APIClient) -> None:
    url = request_export(mina_api)
    again = mina_api.post(EXPORTS)
    assert (again.status_code, f"{EXPORTS}/{again.json()['id']}") == (200, url)
    assert Job.objects.filter(kind="accounts.build_export").count() == 1


def test_a_second_export_within_a_day_is_refused(mina_api: APIClient, mina: Member, run_jobs: RunJobs) -> None:
    request_export(mina_api)
    run_jobs()
    response = mina_api.post(EXPORTS)
    assert (response.status_code, response.json()["code"]) == (429, "export_once_a_day")
    assert 86_000 < int(response.headers["Retry-After"]) <= 86_401
    mina.exports.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    request_export(mina_api)


def test_two_requests_at_once_create_one_export(at_once: AtOnce, mina: Member) -> None:
    phones = [logged_in(mina), logged_in(mina)]
    responses = at_once([lambda phone=phone: phone.post(EXPORTS) for phone in phones])  # type: ignore[misc]
    assert sorted(response.status_code for response in responses) == [200, 202]
    assert len({response.json()["id"] for response in responses}) == Export.objects.count() == 1


@pytest.mark.parametrize(("language", "word"), [("en", "download it within 7 days"), ("ko", "7")])
def test_an_email_says_that_the_export_is_ready_and_contains_no_link(
    mina: Member,
    mina_api: APIClient,
    run_jobs: RunJobs,
    mailoutbox: list[EmailMultiAlternatives],
    language: str,
    word: str,
) -> None:
    mina_api.post(EXPORTS, headers={"Accept-Language": language})
    run_jobs()
    (email,) = mailoutbox
    assert email.to == [mina.email]
    assert word in str(email.body)
    assert mina.exports.get().language == language
    assert mina.exports.get().key not in str(email.body)


def test_a_member_who_withdrew_meanwhile_gets_no_email(
    mina: Member, mina_api: APIClient, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    request_export(mina_api)
    mina.withdraw()
    run_jobs()
    assert [message.subject for message in mailoutbox] == ["Your Heart to Heart account is deleted"]


def test_the_export_of_another_member_is_not_found(mina_api: APIClient, jun_api: APIClient, run_jobs: RunJobs) -> None:
    url = request_export(mina_api)
    run_jobs()
    assert jun_api.get(url).status_code == jun_api.get(f"{url}/file").status_code == 404
    assert jun_api.get(EXPORTS).json()["results"] == []


@pytest.mark.parametrize("end", ["log out", "suspend", "withdraw"])
def test_the_file_cannot_be_downloaded_once_the_session_has_ended(
    mina: Member, mina_api: APIClient, run_jobs: RunJobs, end: str, django_capture_on_commit_callbacks: Any
) -> None:
    url = request_export(mina_api)
    run_jobs()
    ends: dict[str, Callable[[], Any]] = {
        "log out": lambda: mina_api.delete("/api/v1/sessions/current"),
        "suspend": lambda: mina.suspend(timezone.now() + timedelta(days=1)),
        "withdraw": mina.withdraw,
    }
    with django_capture_on_commit_callbacks(execute=True):
        ends[end]()
    for path in (url, f"{url}/file", EXPORTS):
        assert mina_api.get(path).status_code == 401


def test_the_file_has_no_public_url(mina_api: APIClient, api: APIClient, run_jobs: RunJobs) -> None:
    request_export(mina_api)
    run_jobs()
    key = Export.objects.get().key
    (path,) = stored_files()
    assert Path(path).stat().st_mode & 0o077 == 0
    for guess in (key, f"../private/{key}", f"..%2fprivate%2f{key}", key.replace(".zip", ".full.jpg")):
        assert api.get(f"/pictures/{guess}").status_code == 404


def test_private_storage_on_disk_is_outside_of_the_public_folder() -> None:
    from config import settings as written

    location = written.STORAGES["private"]["OPTIONS"]["location"]  # type: ignore[index]
    assert not Path(str(location)).is_relative_to(written.MEDIA_ROOT)
    assert not written.MEDIA_ROOT.is_relative_to(str(location))


def test_an_export_expires_and_its_file_is_deleted(mina_api: APIClient, mina: Member, run_jobs: RunJobs) -> None:
    url = request_export(mina_api)
    run_jobs()
    export = mina.exports.get()
    assert export.expires_at
    assert export.ready_at
    assert export.expires_at - export.ready_at == timedelta(days=settings.EXPORT_RETENTION_DAYS)
    mina.exports.update(expires_at=timezone.now())
    assert mina_api.get(url).json()["state"] == "expired"
    assert mina_api.get(f"{url}/file").status_code == 409
    assert clean_up_exports() == 1
    run_jobs()
    assert stored_files() == []
    assert (mina_api.get(url).json()["state"], clean_up_exports()) == ("expired", 0)
    mina.exports.update(created_at=timezone.now() - timedelta(days=31))
    assert clean_up_exports() == 1
    assert mina_api.get(url).status_code == 404


def test_erasing_a_member_deletes_exports_and_their_files(mina_api: APIClient, mina: Member, run_jobs: RunJobs) -> None:
    request_export(mina_api)
    run_jobs()
    assert len(stored_files()) == 1
    erase(mina)
    run_jobs()
    assert stored_files() == []
    assert not Export.objects.exists()


def test_a_member_erased_while_the_export_is_built_leaves_no_file(
    mina_api: APIClient, mina: Member, run_jobs: RunJobs
) -> None:
    request_export(mina_api)
    export = mina.exports.select_related("member").get()
    erase(mina)
    build_archive(export)
    run_jobs()
    assert stored_files() == []


def test_an_export_is_retried_while_storage_is_unavailable_and_fails_at_last(
    mina_api: APIClient, mina: Member, run_jobs: RunJobs, store_image: Callable[..., Image], settings: Any
) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    image = Path(storages["default"].path(file_name(store_image(mina).key, "full")))
    image.unlink()
    image.mkdir()
    url = request_export(mina_api)
    for state in ("running", "failed"):
        run_jobs()
        assert mina_api.get(url).json()["state"] == state
        Job.objects.update(run_at=timezone.now())
    run_jobs()
    assert stored_files() == []
    image.rmdir()
    request_export(mina_api)
    run_jobs()
    assert Export.objects.filter(ready_at__isnull=False).count() == 1


def test_an_export_that_kills_every_worker_fails_at_last(mina_api: APIClient, mina: Member, run_jobs: RunJobs) -> None:
    url = request_export(mina_api)
    mina.exports.update(tries=settings.OUTBOX_MAX_ATTEMPTS)
    run_jobs()
    assert mina_api.get(url).json()["state"] == "failed"


def test_an_export_without_a_job_is_given_up_after_a_day(mina_api: APIClient, mina: Member) -> None:
    url = request_export(mina_api)
    Job.objects.update(dead_at=timezone.now())
    mina.exports.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert clean_up_exports() == 1
    assert mina_api.get(url).json()["state"] == "failed"
    request_export(mina_api)


def test_a_second_run_of_the_job_makes_no_second_file_or_email(
    mina_api: APIClient, mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    url = request_export(mina_api)
    run_jobs()
    build_archive(mina.exports.select_related("member").get())
    Job.objects.filter(kind="accounts.build_export").update(done_at=None)
    run_jobs()
    assert (len(stored_files()), len(mailoutbox)) == (1, 1)
    assert download(mina_api, url).testzip() is None


def test_keys_of_exports_are_random_and_private() -> None:
    assert len({new_export_key() for _ in range(100)}) == 100
    assert new_export_key().startswith(f"exports/{timezone.now():%Y/%m}/")
