"""post/registerPost: words and pictures as the app sends them."""

import json
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Pillow
from pytest_django import Settings

from accounts.models import Member
from media.models import Image
from posts.models import Post
from tests.android.app import App
from tests.android.calls import refusal, send_once
from tests.android.okhttp import CRLF, Request, file_part, multipart, text_part
from tests.conftest import logged_in
from tests.factories import picture_bytes
from tests.media.heic import heic
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

LIMIT = 10 * 1024 * 1024
STAMP = "%Y-%m-%dT%H:%M:%S"
Told = tuple[int, str]


def post_of(app: App, *files: bytes, content: bytes = b"Snow", before: tuple[bytes, ...] = ()) -> Request:
    """A post whose parts are given to the byte."""
    assert app.session
    parts = [text_part("member_id", str(app.session.member_id)), text_part("content", content)]
    return multipart("/post/registerPost", [*before, *parts, *files])


def pictures_at(folder: Path) -> list[Path]:
    """Every file in storage."""
    return sorted(at for at in folder.rglob("*") if at.is_file())


def opened(url: str, settings: Settings) -> Pillow.Image:
    """The picture at an address, as anybody gets it who holds the address and nothing else."""
    assert url.startswith("http://127.0.0.1:8000/pictures/images/")
    answer = Client().get(url.removeprefix(settings.PUBLIC_URL))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    return Pillow.open(BytesIO(b"".join(answer)))


def colour(number: int) -> str:
    """A colour for each picture of a post."""
    return ("red", "lime", "blue", "white", "black", "yellow", "cyan")[number]


def padded(size: int) -> bytes:
    """An honest picture of so many bytes."""
    picture = photograph()
    return picture + bytes(size - len(picture))


@pytest.mark.parametrize("number", range(8))
def test_a_post_has_up_to_seven_pictures_in_the_order_chosen(mina_app: App, settings: Settings, number: int) -> None:
    sizes = [(40 + 4 * place, 30) for place in range(number)]
    files = [file_part("files", f"{place}.jpg", picture_bytes(size=size)) for place, size in enumerate(sizes)]
    body = send_once(mina_app, post_of(mina_app, *files))
    assert body.status == 201
    post = body.json()
    assert [opened(url, settings).size for url in post["image_urls"] or []] == sizes
    assert (post["image_urls"] is None) == (number == 0)
    listed = mina_app.posts()[0]
    assert {**post, "id": post["post_id"]} == {**listed, "post_id": listed["id"]}
    assert mina_app.own_posts() == [listed]


@pytest.mark.parametrize("number", [8, 15])
def test_more_pictures_than_seven_are_refused_and_none_is_stored(mina_app: App, number: int) -> None:
    before = snapshot()
    files = [file_part("files", "a.jpg", picture_bytes())] * number
    assert refusal("registerPost", send_once(mina_app, post_of(mina_app, *files))) == (400, "GLOBAL_002")
    assert snapshot() == before


@pytest.mark.parametrize("size", [10_000_000, LIMIT])
def test_a_picture_of_ten_megabytes_is_accepted_however_they_are_counted(mina_app: App, size: int) -> None:
    assert len(mina_app.register_post("Snow", {"a.jpg": padded(size)})["image_urls"]) == 1


def test_one_byte_more_in_one_of_the_pictures_refuses_them_all(mina_app: App) -> None:
    before = snapshot()
    files = [file_part("files", name, data) for name, data in (("a", picture_bytes()), ("b", padded(LIMIT + 1)))]
    assert refusal("registerPost", send_once(mina_app, post_of(mina_app, *files))) == (400, "GLOBAL_008")
    assert snapshot() == before


FRAMES = [Pillow.new("RGB", (120, 80), shade) for shade in ("black", "white")]
TAKEN: dict[str, Callable[[], bytes]] = {
    "JPEG": lambda: encoded(four_colours(), "JPEG", quality=90),
    "PNG": lambda: encoded(four_colours(), "PNG"),
    "PNG of a palette": lambda: encoded(four_colours().quantize(), "PNG"),
    "MPO": lambda: encoded(four_colours(), "MPO", save_all=True, append_images=FRAMES),
    "animated PNG": lambda: encoded(four_colours(), "PNG", save_all=True, append_images=FRAMES),
    "WEBP": lambda: encoded(four_colours(), "WEBP", quality=90),
    "animated WEBP": lambda: encoded(four_colours(), "WEBP", save_all=True, append_images=FRAMES, quality=90),
    "AVIF": lambda: encoded(four_colours(), "AVIF", quality=90),
    "CMYK": lambda: encoded(four_colours().convert("CMYK"), "JPEG", quality=90),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_what_a_phone_calls_a_picture_becomes_one_jpeg(
    mina_app: App,
    settings: Settings,
    image_folder: Path,
    kind: str,
) -> None:
    sent = TAKEN[kind]()
    (url,) = mina_app.register_post("Snow", {"한 장.jpg": sent})["image_urls"]
    assert are_similar(colours_of(opened(url, settings)), COLOURS, by=40)
    (stored,) = pictures_at(image_folder)
    assert stored.read_bytes() != sent
    assert stored.name.endswith(".full.jpg")


def test_a_heic_of_a_newer_phone_is_accepted(mina_app: App, settings: Settings) -> None:
    (url,) = mina_app.register_post("Snow", {"a.heic": heic([(220, 128, 128)] * 4)})["image_urls"]
    assert opened(url, settings).format == "JPEG"


NO_PICTURES: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "text": "눈이 온다".encode,
    "a page": lambda: b"<html><script>alert(1)</script></html>",
    "half a JPEG": lambda: photograph()[: len(photograph()) // 2],
    "the first bytes of a JPEG": lambda: b"\xff\xd8\xff\xe0",
    "half a PNG": lambda: encoded(photograph_png(), "PNG")[:3_000],
    "a GIF": lambda: encoded(four_colours(), "GIF"),
    "a drawing": lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "a film": lambda: b"\0\0\0\x18ftypmp42" + bytes(4_000),
    "a picture after a page": lambda: b"<html>" + picture_bytes(),
}


def photograph_png() -> Pillow.Image:
    """Something with detail."""
    return Pillow.open(BytesIO(photograph()))


@pytest.mark.parametrize("kind", NO_PICTURES)
def test_one_broken_picture_refuses_the_other_pictures_too(mina_app: App, kind: str) -> None:
    before = snapshot()
    good = file_part("files", "a.jpg", picture_bytes())
    sent = post_of(mina_app, good, file_part("files", "b.jpg", NO_PICTURES[kind]()), good)
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "POST_001")
    assert snapshot() == before


def test_a_picture_of_too_many_pixels_is_refused(mina_app: App, settings: Settings) -> None:
    settings.IMAGE_MAX_PIXELS = 64 * 48 - 1
    before = snapshot()
    sent = post_of(mina_app, file_part("files", "a.jpg", picture_bytes()))
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "POST_001")
    assert snapshot() == before


def test_a_member_whose_quota_is_used_up_still_posts_text(mina_app: App, settings: Settings) -> None:
    settings.IMAGE_QUOTA_COUNT = 0
    sent = post_of(mina_app, file_part("files", "a.jpg", picture_bytes()))
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "POST_002")
    assert mina_app.register_post("Snow")["image_urls"] is None


NAMES = [
    '그녀의 "눈".jpg', "눈\r\nContent-Type: text/html\r\n\r\n.jpg", "a; name=content; filename=b.jpg", "..", ".",
    "../../etc/passwd", "/", "a/", "C:\\temp\\x.jpg", "back\\", "\\", "&sol;", "\u200b\u202e", "한" * 300,
    "x" * 300 + ".jpg", "❄️.jpg", "%22%0D%0A.jpg", "a'b`c$(d).jpg", "blob", "x.php",
    "\N{HANGUL CHOSEONG KIYEOK}\N{HANGUL JUNGSEONG A}.png",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_a_picture_is_accepted_under_any_name_which_is_not_stored(
    mina_app: App,
    image_folder: Path,
    name: str,
) -> None:
    post = mina_app.register_post("Snow", {name: picture_bytes()})
    assert len(post["image_urls"]) == 1
    assert post["content"] == "Snow"
    (stored,) = pictures_at(image_folder)
    key = Image.objects.get().key
    assert str(stored.relative_to(image_folder)) == f"{key}.full.jpg"
    assert post["image_urls"][0].endswith(f"/{key}.full.jpg")
    # 128 random bits, and the month.
    assert len(key.rpartition("/")[2]) == 32


def test_no_image_url_repeats_and_none_leads_to_another(mina_app: App, settings: Settings) -> None:
    same = {f"{number}.jpg": picture_bytes() for number in range(7)}
    urls = mina_app.register_post("Snow", same)["image_urls"]
    assert len({url.rpartition("/")[2] for url in urls}) == 7
    folder = urls[0].rpartition("/")[0]
    for near in (folder, f"{folder}/", f"{folder}/{'0' * 32}.full.jpg", f"{urls[0]}/", urls[0].replace("full", "raw")):
        assert Client().get(near.removeprefix(settings.PUBLIC_URL)).status_code == 404


def test_a_photograph_is_stored_upright_without_its_location(
    mina_app: App,
    settings: Settings,
    image_folder: Path,
    run_jobs: Callable[[], None],
) -> None:
    turned = encoded(
        four_colours().transpose(Pillow.Transpose.ROTATE_90), "JPEG", quality=90, exif=exif_with(6), comment=b"me"
    )
    assert b"SpyCam" in turned
    (url,) = mina_app.register_post("Snow", {"a.jpg": turned})["image_urls"]
    run_jobs()
    picture = opened(url, settings)
    assert picture.size == (120, 80)
    assert are_similar(colours_of(picture), COLOURS, by=24)
    stored = pictures_at(image_folder)
    assert sorted(at.name.partition(".")[2] for at in stored) == ["feed.webp", "full.jpg", "thumb.webp"]
    assert not any(word in at.read_bytes() for at in stored for word in (b"SpyCam", b"Exif", b"me", b"EXIF"))


def test_the_url_of_the_first_response_stays_the_url_in_lists(
    mina_app: App, settings: Settings, run_jobs: Callable[[], None]
) -> None:
    body = mina_app.register_post("Snow", {"a.jpg": photograph(2_400, 1_800)})["image_urls"]
    assert opened(body[0], settings).size == (2_048, 1_536)
    run_jobs()
    assert mina_app.posts()[0]["image_urls"] == body
    assert opened(body[0], settings).size == (2_048, 1_536)


CONTENTS = {
    "leading spaces": "   눈\n",
    "line ends": "a\nb\n\n",
    "a tab": "\ta",
    "emoji": "❄️👨‍👩‍👧‍👦🏳️‍🌈",
    "both directions": "abc\u200f שלום",
    "HTML": "<b>&amp; & ' \"</b>",
    "beyond JavaScript": "\U0010ffff",
    "one letter": "눈",
    "20,000 letters": "눈" * 20_000,
    "20,000 pictures": "❄" * 20_000,
    "a number": "7",
    "yes": "true",
    "JSON": '{"member_id": 7}',
    "base64": "U25vdw==",
}


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_words_come_back_exactly_as_they_were_written(mina_app: App, jun_app: App, content: str) -> None:
    assert mina_app.register_post(content, {"a.jpg": picture_bytes(size=(8, 8))})["content"] == content
    assert mina_app.posts()[0]["content"] == content == mina_app.own_posts()[0]["content"]
    assert jun_app.posts()[0]["content"] == content
    assert Post.objects.get().text == content


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        ("a\r\nb\nc\rd\r\n", "a\nb\nc\nd\n"),
        ("snow\r\n--\r\n\r\n", "snow\n--\n\n"),
        ("a\u2028b\u2029c\vd", "a\nb\nc\nd"),
        (unicodedata.normalize("NFD", "한글 눈사람, café"), "한글 눈사람, café"),
        ("\u202eabc\u2066 שלום\ufeff", "abc שלום"),
    ],
)
def test_words_are_normalised_as_those_of_v1_are(mina_app: App, content: str, stored: str) -> None:
    assert mina_app.register_post(content)["content"] == stored
    assert mina_app.posts()[0]["content"] == stored == Post.objects.get().text


@pytest.mark.parametrize("content", ["a\x07b", "\x1b[31mred", "a\x9bb", "e" + "\u0301" * 31])
def test_words_that_v1_refuses_are_refused_here_too(mina_app: App, content: str) -> None:
    sent = post_of(mina_app, content=content.encode())
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert not Post.objects.exists()


BLANK = {
    "nothing": "", "a space": " ", "line ends": "\r\n\r\n", "tabs": "\t\v\f", "Hangul filler": "\u3164",
    "half a Hangul filler": "\uffa0", "a wide space": "\u3000", "no break": "\xa0\u202f", "Braille": "\u2800",
    "no width": "\u200b\u200c\u200d\u2060\ufeff", "a variation of nothing": "\ufe0f", "soft hyphens": "\xad\xad",
    "tags": "\U000e0041", "separators": "\u2028\u2029", "Hangul Jamo fillers": "\u115f\u1160",
    "directions": "\u202e\u2066",
}  # fmt: skip


@pytest.mark.parametrize("content", BLANK.values(), ids=BLANK)
@pytest.mark.parametrize("number", [0, 1])
def test_words_that_nobody_sees_are_refused_with_and_without_pictures(mina_app: App, content: str, number: int) -> None:
    before = snapshot()
    files = [file_part("files", "a.jpg", picture_bytes())] * number
    sent = post_of(mina_app, *files, content=content.encode())
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


@pytest.mark.parametrize(
    "content",
    ["눈" * 20_001, "x" * 262_144, "x" * 3_000_000, "a\0b", "\0"],
    ids=["letters", "kB", "MB", "NUL", "NUL only"],
)
def test_words_without_end_or_with_a_null_byte_are_refused(mina_app: App, content: str) -> None:
    before = snapshot()
    sent = post_of(mina_app, file_part("files", "a.jpg", picture_bytes()), content=content.encode())
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


@pytest.mark.parametrize("content", [b"a\xed\xa0\x80b", b"a\xffb", b"a\xe3\x85"])
def test_bytes_that_are_no_text_refuse_the_post(mina_app: App, content: bytes) -> None:
    before = snapshot()
    sent = post_of(mina_app, file_part("files", "a.jpg", picture_bytes()), content=content)
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


def test_a_post_without_words_or_with_words_twice_is_refused(mina_app: App) -> None:
    assert mina_app.session
    actor, before = text_part("member_id", str(mina_app.session.member_id)), snapshot()
    words = text_part("content", "Snow")
    for parts in ([actor], [actor, words, words], [actor, file_part("content", "a.txt", b"Snow")]):
        sent = multipart("/post/registerPost", parts)
        assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


def test_a_picture_that_comes_as_text_refuses_the_post(mina_app: App) -> None:
    before = snapshot()
    sent = post_of(mina_app, text_part("files", "눈"))
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


def test_parts_may_stand_in_any_order_and_strange_ones_are_overlooked(mina_app: App) -> None:
    first = (file_part("files", "a.jpg", picture_bytes()), text_part("theme", "dark"))
    body = send_once(mina_app, post_of(mina_app, before=first))
    assert (body.status, len(body.json()["image_urls"])) == (201, 1)


def test_a_picture_in_an_unknown_part_refuses_the_post(mina_app: App) -> None:
    before = snapshot()
    sent = post_of(mina_app, file_part("images", "a.jpg", picture_bytes()))
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "GLOBAL_002")
    assert snapshot() == before


def test_the_heads_of_parts_mean_nothing_to_us(mina_app: App) -> None:
    assert mina_app.session
    plain = b'Content-Disposition: form-data; name="content"' + CRLF * 2 + "눈".encode()
    me = f'content-disposition: form-data; name="member_id"\r\n\r\n{mina_app.session.member_id}'.encode()
    picture = b'Content-Disposition: form-data; name="files"; filename="a"\r\nContent-Type: text/html\r\n\r\n'
    body = send_once(mina_app, multipart("/post/registerPost", [me, plain, picture + picture_bytes()]))
    assert (body.status, body.json()["content"], len(body.json()["image_urls"])) == (201, "눈", 1)


def test_storage_that_is_away_is_told_as_such_and_leaves_no_post(
    mina_app: App,
    image_folder: Path,
    run_jobs: Callable[[], None],
) -> None:
    (image_folder / "images").write_text("a file where a folder should be")
    rows, files = snapshot()
    sent = post_of(mina_app, *[file_part("files", "a.jpg", picture_bytes())] * 3)
    assert refusal("registerPost", send_once(mina_app, sent)) == (400, "POST_002")
    assert not Image.objects.not_discarded().exists()
    (image_folder / "images").unlink()
    run_jobs()
    after, left = snapshot()
    assert {name for name in rows if rows[name] != after[name]} == {"outbox.Job"}
    assert mina_app.posts() == []
    assert set(left) < set(files)


def test_a_new_post_has_its_own_time_and_no_other(mina_app: App) -> None:
    post = mina_app.register_post("Snow")
    assert datetime.strptime(post["created_at"], STAMP)  # noqa: DTZ007 - the app knows no zone
    assert post["updated_at"] == post["created_at"] == mina_app.posts()[0]["created_at"]


def test_a_post_that_is_edited_elsewhere_says_when(mina_app: App, mina: Member) -> None:
    post = mina_app.register_post("Snow", {"a.jpg": picture_bytes()})
    Post.objects.update(created_at=datetime(2026, 11, 1, tzinfo=UTC))
    edited = logged_in(mina).patch(f"/api/v1/posts/{post['post_id']}", {"text": "Rain"}, format="json")
    assert edited.status_code == 200, edited.content
    listed = mina_app.own_posts()[0]
    assert (listed["content"], listed["created_at"][:10]) == ("Rain", "2026-11-01")
    assert listed["updated_at"] > listed["created_at"]
    assert listed["image_urls"] == post["image_urls"]


def test_a_writer_is_whole_to_themselves_and_masked_to_others(mina_app: App, jun_app: App, mina: Member) -> None:
    mina_app.upload_avatar(picture_bytes())
    post = mina_app.register_post("Snow")
    (theirs,) = jun_app.posts()
    assert (post["writer_id"], post["writer_email"]) == (mina.pk, "mina@example.com")
    assert mina_app.posts()[0]["writer_email"] == mina_app.own_posts()[0]["writer_email"] == "mina@example.com"
    assert (theirs["writer_id"], theirs["writer_email"]) == (mina.pk, "m***@example.com")
    assert theirs["writer_nickname"] == post["writer_nickname"] == "Mina"
    assert theirs["avatar_url"] == post["avatar_url"]
    assert "Kim Mina" not in json.dumps(jun_app.posts())


def test_a_post_has_what_the_app_declares_and_nothing_more(mina_app: App) -> None:
    shared = {
        "writer_id", "writer_email", "writer_nickname", "avatar_url", "content", "image_urls", "created_at",
        "updated_at",
    }  # fmt: skip
    post = mina_app.register_post("Snow")
    assert post.keys() == shared | {"post_id"}
    assert mina_app.posts()[0].keys() == shared | {"id"}
    assert {name for name, value in post.items() if value is None} == {"avatar_url", "image_urls"}


def statements(app: App, sent: Request) -> int:
    """How many statements a call takes once the login is known to be alive."""
    app.profile()
    with CaptureQueriesContext(connection) as asked_for:
        assert send_once(app, sent).is_good
    return len(asked_for)


def test_seven_pictures_take_as_many_statements_as_one(mina_app: App) -> None:
    one, seven = (post_of(mina_app, *[file_part("files", "a.jpg", picture_bytes())] * number) for number in (1, 7))
    assert statements(mina_app, seven) == statements(mina_app, one)
