"""member/uploadAvatar: a picture of oneself."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from django.test import Client
from PIL import Image as Pillow
from pytest_django import Settings

from accounts.models import Avatar, Member
from media.models import Image
from media.processing import pipeline
from tests.android.app import App
from tests.android.calls import refusal, send_once
from tests.android.okhttp import Request, file_part, multipart, text_part
from tests.factories import picture_bytes
from tests.media.sample_images import (
    COLOURS,
    are_similar,
    colours_of,
    encoded,
    exif_with,
    four_colours,
    photograph,
)
from tests.project.snapshots import snapshot


def avatar_of(app: App, *data: bytes) -> Request:
    """What the app sends, with so many pictures."""
    assert app.session
    me = text_part("member_id", str(app.session.member_id))
    return multipart("/member/uploadAvatar", [me, *[file_part("file", "나 1.jpg", one) for one in data]])


def files_in(folder: Path) -> set[str]:
    """The names of all files in storage, without their ends."""
    return {at.name.partition(".")[0] for at in folder.rglob("*") if at.is_file()}


def test_an_avatar_is_answered_with_its_address_and_shown_everywhere(
    mina_app: App, jun_app: App, mina: Member, settings: Settings
) -> None:
    data = encoded(four_colours().transpose(Pillow.Transpose.ROTATE_90), "JPEG", quality=90, exif=exif_with(6))
    body = send_once(mina_app, avatar_of(mina_app, data))
    url = f"{settings.IMAGE_BASE_URL}/{Image.objects.get().key}.full.jpg"
    assert (body.status, body.json()) == (201, {"member_id": mina.pk, "avatar_url": url})
    answer = Client().get(url.removeprefix(settings.PUBLIC_URL))
    picture = Pillow.open(BytesIO(b"".join(answer)))
    assert are_similar(colours_of(picture), COLOURS, by=24)
    assert not picture.getexif()
    mina_app.register_post("Snow")
    assert {mina_app.profile()["avatar_url"], *(app.posts()[0]["avatar_url"] for app in (mina_app, jun_app))} == {url}


def test_an_avatar_is_shown_small_everywhere_once_that_is_made(
    mina_app: App, jun_app: App, settings: Settings, run_jobs: Callable[[], None]
) -> None:
    mina_app.upload_avatar(photograph(1_200, 900))
    run_jobs()
    mina_app.register_post("Snow")
    assert mina_app.session
    renewed = send_once(mina_app, mina_app._renewal(mina_app.session)).json()["avatarUrl"]
    urls = {mina_app.profile()["avatar_url"], jun_app.posts()[0]["avatar_url"]}
    url = f"{settings.IMAGE_BASE_URL}/{Image.objects.get().key}.thumb.webp"
    assert {*urls, renewed} == {url}
    assert max(Pillow.open(BytesIO(b"".join(Client().get(url.removeprefix(settings.PUBLIC_URL))))).size) <= 320


def test_a_new_avatar_takes_the_place_of_the_old_one_whose_files_go(
    mina_app: App,
    image_folder: Path,
    run_jobs: Callable[[], None],
) -> None:
    first = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    run_jobs()
    second = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    assert mina_app.profile()["avatar_url"] == second != first
    run_jobs()
    assert files_in(image_folder) == {second.rpartition("/")[2].partition(".")[0]}
    assert Client().get(first.partition("8000")[2]).status_code == 404
    assert (Avatar.objects.count(), Image.objects.count()) == (1, 1)


def test_two_pictures_or_none_are_refused_and_the_avatar_stays(mina_app: App) -> None:
    url = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    before = snapshot()
    for data in ([], [picture_bytes(), picture_bytes()]):
        assert refusal("uploadAvatar", send_once(mina_app, avatar_of(mina_app, *data))) == (400, "GLOBAL_002")
    assert snapshot() == before
    assert mina_app.profile()["avatar_url"] == url


@pytest.mark.parametrize("data", [b"", b"text", b"\xff\xd8\xff", photograph()[:4_000], encoded(four_colours(), "GIF")])
def test_what_is_no_whole_picture_is_refused_and_the_avatar_stays(mina_app: App, data: bytes) -> None:
    url = mina_app.upload_avatar(picture_bytes())["avatar_url"]
    before = snapshot()
    assert refusal("uploadAvatar", send_once(mina_app, avatar_of(mina_app, data))) == (400, "MEMBER_004")
    assert snapshot() == before
    assert mina_app.profile()["avatar_url"] == url


@pytest.mark.parametrize("size", [10_000_000, 10_485_760, 10_485_761])
def test_an_avatar_has_ten_megabytes_at_most(mina_app: App, size: int) -> None:
    picture = photograph()
    body = send_once(mina_app, avatar_of(mina_app, picture + bytes(size - len(picture))))
    if size > 10_485_760:
        assert refusal("uploadAvatar", body) == (400, "GLOBAL_008")
        assert not Image.objects.exists()
    else:
        assert body.status == 201


@pytest.mark.parametrize("name", ["..", "a/", "back\\", "한" * 300, '"\r\n', "x.php"])
def test_an_avatar_is_accepted_under_any_name(mina_app: App, name: str) -> None:
    assert mina_app.upload_avatar(picture_bytes(), name)["avatar_url"].endswith(".full.jpg")


def test_storage_that_is_away_is_told_as_such_and_the_avatar_stays(
    mina_app: App,
    image_folder: Path,
    run_jobs: Callable[[], None],
) -> None:
    mina_app.upload_avatar(picture_bytes())
    run_jobs()
    (image_folder / "images").rename(image_folder / "away")
    (image_folder / "images").write_text("a file where a folder should be")
    rows, _ = snapshot()
    assert refusal("uploadAvatar", send_once(mina_app, avatar_of(mina_app, picture_bytes()))) == (400, "MEMBER_002")
    (image_folder / "images").unlink()
    (image_folder / "away").rename(image_folder / "images")
    run_jobs()
    after, _ = snapshot()
    assert {name for name in rows if rows[name] != after[name]} == {"outbox.Job"}
    assert len(files_in(image_folder)) == Image.objects.count() == 1


def test_a_server_that_takes_too_many_pictures_at_once_says_so(mina_app: App, settings: Settings) -> None:
    settings.THREADS = 3
    uploads = pipeline._upload_semaphore(1)
    uploads.acquire()
    try:
        assert refusal("uploadAvatar", send_once(mina_app, avatar_of(mina_app, picture_bytes()))) == (400, "MEMBER_003")
    finally:
        uploads.release()
    assert send_once(mina_app, avatar_of(mina_app, picture_bytes())).status == 201
