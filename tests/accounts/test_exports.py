"""A copy of one's own data: asked for, made, told by a letter, fetched by its member only, and deleted in time."""

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

from accounts.exports.build import build
from accounts.models import Export, Member
from accounts.models.export import new_key
from accounts.purge import purge_exports
from libs.outbox.models import Job
from media.image_urls import file_name
from media.models import Image
from tests.accounts.conftest import AtOnce
from tests.accounts.exporting import EXPORTS, ask, fetched
from tests.conftest import signed_in
from tests.erasing import erase

Work = Callable[[], None]


def kept() -> list[str]:
    """The zips in private storage of one's own disk."""
    return sorted(str(path) for path in Path(storages["private"].path("")).rglob("*.zip"))


@pytest.fixture(autouse=True)
def private_folder(tmp_path: Path, settings: Any) -> None:
    options = {"location": tmp_path / "private", "file_permissions_mode": 0o600}
    settings.STORAGES = settings.STORAGES | {
        "private": {"BACKEND": "media.storage.local.LocalStorage", "OPTIONS": options}
    }


def test_an_export_is_queued_then_ready_and_can_be_fetched(mina_api: APIClient, work: Work) -> None:
    address = ask(mina_api)
    new = mina_api.get(address).json()
    assert (new["state"], new["ready_at"], new["bytes"]) == ("queued", None, None)
    assert mina_api.get(f"{address}/file").json()["code"] == "export_not_there"
    work()
    ready = mina_api.get(address).json()
    assert ready["state"] == "ready"
    assert ready["progress"]["done"] == ready["progress"]["total"] > 0
    assert mina_api.get(EXPORTS).json()["results"] == [ready]
    answer = mina_api.get(f"{address}/file")
    assert answer.headers["Content-Type"] == "application/zip"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="heart-to-heart-')
    assert answer.headers["Cache-Control"] == "no-store"
    assert len(b"".join(answer.streaming_content)) == ready["bytes"]  # type: ignore[attr-defined]


def test_while_one_is_made_the_same_one_is_answered(mina_api: APIClient) -> None:
    address = ask(mina_api)
    again = mina_api.post(EXPORTS)
    assert (again.status_code, f"{EXPORTS}/{again.json()['id']}") == (200, address)
    assert Job.objects.filter(kind="accounts.build_export").count() == 1


def test_a_second_one_within_a_day_has_to_wait(mina_api: APIClient, mina: Member, work: Work) -> None:
    ask(mina_api)
    work()
    refusal = mina_api.post(EXPORTS)
    assert (refusal.status_code, refusal.json()["code"]) == (429, "export_once_a_day")
    assert 86_000 < int(refusal.headers["Retry-After"]) <= 86_401
    mina.exports.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    ask(mina_api)


def test_of_two_requests_at_once_one_export_comes(at_once: AtOnce, mina: Member) -> None:
    phones = [signed_in(mina), signed_in(mina)]
    answers = at_once([lambda phone=phone: phone.post(EXPORTS) for phone in phones])  # type: ignore[misc]
    assert sorted(answer.status_code for answer in answers) == [200, 202]
    assert len({answer.json()["id"] for answer in answers}) == Export.objects.count() == 1


@pytest.mark.parametrize(("language", "word"), [("en", "download it within 7 days"), ("ko", "7")])
def test_a_letter_tells_that_it_is_ready_and_holds_no_way_to_it(
    mina: Member, mina_api: APIClient, work: Work, mailoutbox: list[EmailMultiAlternatives], language: str, word: str
) -> None:
    mina_api.post(EXPORTS, headers={"Accept-Language": language})
    work()
    (letter,) = mailoutbox
    assert letter.to == [mina.email]
    assert word in str(letter.body)
    assert mina.exports.get().language == language
    assert mina.exports.get().key not in str(letter.body)


def test_a_member_who_left_meanwhile_gets_no_letter(
    mina: Member, mina_api: APIClient, work: Work, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    ask(mina_api)
    mina.withdraw()
    work()
    assert mailoutbox == []


def test_the_export_of_somebody_else_does_not_exist(mina_api: APIClient, jun_api: APIClient, work: Work) -> None:
    address = ask(mina_api)
    work()
    assert jun_api.get(address).status_code == jun_api.get(f"{address}/file").status_code == 404
    assert jun_api.get(EXPORTS).json()["results"] == []


@pytest.mark.parametrize("end", ["log out", "suspend", "withdraw"])
def test_a_file_is_out_of_reach_once_the_session_has_ended(
    mina: Member, mina_api: APIClient, work: Work, end: str, django_capture_on_commit_callbacks: Any
) -> None:
    address = ask(mina_api)
    work()
    ends: dict[str, Callable[[], Any]] = {
        "log out": lambda: mina_api.delete("/api/v1/sessions/current"),
        "suspend": lambda: mina.suspend(timezone.now() + timedelta(days=1)),
        "withdraw": mina.withdraw,
    }
    with django_capture_on_commit_callbacks(execute=True):
        ends[end]()
    for path in (address, f"{address}/file", EXPORTS):
        assert mina_api.get(path).status_code == 401


def test_the_file_is_under_no_public_address(mina_api: APIClient, api: APIClient, work: Work) -> None:
    ask(mina_api)
    work()
    key = Export.objects.get().key
    (path,) = kept()
    assert Path(path).stat().st_mode & 0o077 == 0
    for guess in (key, f"../private/{key}", f"..%2fprivate%2f{key}", key.replace(".zip", ".full.jpg")):
        assert api.get(f"/pictures/{guess}").status_code == 404


def test_in_its_own_home_private_storage_lies_beside_the_pictures() -> None:
    from config import settings as written

    location = written.STORAGES["private"]["OPTIONS"]["location"]  # type: ignore[index]
    assert not Path(str(location)).is_relative_to(written.MEDIA_ROOT)
    assert not written.MEDIA_ROOT.is_relative_to(str(location))


def test_after_its_days_it_is_expired_and_its_file_deleted(mina_api: APIClient, mina: Member, work: Work) -> None:
    address = ask(mina_api)
    work()
    export = mina.exports.get()
    assert export.expires_at
    assert export.ready_at
    assert export.expires_at - export.ready_at == timedelta(days=settings.EXPORT_RETENTION_DAYS)
    mina.exports.update(expires_at=timezone.now())
    assert mina_api.get(address).json()["state"] == "expired"
    assert mina_api.get(f"{address}/file").status_code == 409
    assert purge_exports() == 1
    work()
    assert kept() == []
    assert (mina_api.get(address).json()["state"], purge_exports()) == ("expired", 0)
    mina.exports.update(created_at=timezone.now() - timedelta(days=31))
    assert purge_exports() == 1
    assert mina_api.get(address).status_code == 404


def test_with_the_member_their_exports_are_erased_files_included(mina_api: APIClient, mina: Member, work: Work) -> None:
    ask(mina_api)
    work()
    assert len(kept()) == 1
    erase(mina)
    work()
    assert kept() == []
    assert not Export.objects.exists()


def test_a_member_erased_while_it_is_made_leaves_no_file(mina_api: APIClient, mina: Member, work: Work) -> None:
    ask(mina_api)
    export = mina.exports.select_related("member").get()
    erase(mina)
    build(export)
    work()
    assert kept() == []


def test_storage_that_is_away_is_waited_for_and_given_up_at_last(
    mina_api: APIClient, mina: Member, work: Work, image_of: Callable[..., Image], settings: Any
) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    picture = Path(storages["default"].path(file_name(image_of(mina).key, "full")))
    picture.unlink()
    picture.mkdir()
    address = ask(mina_api)
    for state in ("running", "failed"):
        work()
        assert mina_api.get(address).json()["state"] == state
        Job.objects.update(run_at=timezone.now())
    work()
    assert kept() == []
    picture.rmdir()
    ask(mina_api)
    work()
    assert Export.objects.filter(ready_at__isnull=False).count() == 1


def test_an_export_that_kills_every_worker_is_seen_to_fail(mina_api: APIClient, mina: Member, work: Work) -> None:
    address = ask(mina_api)
    mina.exports.update(tries=settings.OUTBOX_MAX_ATTEMPTS)
    work()
    assert mina_api.get(address).json()["state"] == "failed"


def test_one_that_nobody_makes_any_more_is_given_up_after_a_day(mina_api: APIClient, mina: Member) -> None:
    address = ask(mina_api)
    Job.objects.update(dead_at=timezone.now())
    mina.exports.update(created_at=timezone.now() - timedelta(days=1, seconds=1))
    assert purge_exports() == 1
    assert mina_api.get(address).json()["state"] == "failed"
    ask(mina_api)


def test_a_second_run_of_the_job_makes_no_second_file_and_letter(
    mina_api: APIClient, mina: Member, work: Work, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    address = ask(mina_api)
    work()
    build(mina.exports.select_related("member").get())
    Job.objects.filter(kind="accounts.build_export").update(done_at=None)
    work()
    assert (len(kept()), len(mailoutbox)) == (1, 1)
    assert fetched(mina_api, address).testzip() is None


def test_keys_are_private_names_that_nobody_guesses() -> None:
    assert len({new_key() for _ in range(100)}) == 100
    assert new_key().startswith(f"exports/{timezone.now():%Y/%m}/")
