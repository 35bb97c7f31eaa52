"""A body that is refused leaves nothing behind: no row is made or changed, no file (design rule, ASVS 2.3.3)."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.factories import picture_bytes, upload
from tests.openapi_documents import openapi_document
from tests.project.problems import is_problem
from tests.project.snapshots import snapshot
from tests.project.test_bodies import UNREADABLE

POSTS, IMAGES, ME, REPORTS = "/api/v1/posts", "/api/v1/images", "/api/v1/me", "/api/v1/reports"
MEMBERS, SESSIONS, CODES = "/api/v1/members", "/api/v1/sessions", "/api/v1/verification-codes"
APPEALS = "/api/v1/appeals"
JSON = "application/json"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _uploads_wait_where_they_are_seen(settings: Settings) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(settings.VAR_DIR)


def named(name: str) -> SimpleUploadedFile:
    """What is no picture, under a name."""
    return SimpleUploadedFile(name, b"no picture at all", "image/jpeg")


BODIES: dict[str, tuple[str, str, Any, int, str]] = {
    "text of a wrong type": ("post", POSTS, {"text": {"a": 1}}, 400, "invalid"),
    "pictures of a wrong type": ("post", POSTS, {"text": "x", "image_ids": {"a": "7"}}, 400, "invalid"),
    "a list for an object": ("post", POSTS, ["x"], 400, "invalid"),
    "no object at all": ("patch", ME, None, 400, "invalid"),
    "a huge number": ("post", POSTS, {"image_ids": [10**400]}, 400, "malformed"),
    "a huge number as text": ("post", POSTS, {"image_ids": ["9" * 5_000]}, 400, "invalid"),
    "a number of 64 bits": ("post", POSTS, {"image_ids": [str(2**63)]}, 400, "invalid"),
    "a number as an id": ("post", POSTS, {"image_ids": [7]}, 400, "invalid"),
    "a null byte": ("post", POSTS, {"text": "a\0b"}, 400, "invalid"),
    "a null byte in a profile": ("patch", ME, {"nickname": "a\0b"}, 400, "invalid"),
    "a null byte in an address": ("post", CODES, {"email": "a\0b@example.com"}, 400, "invalid"),
    "half a character": ("patch", ME, {"nickname": "a\ud800"}, 400, "malformed"),
    "null for text": ("patch", ME, {"about": None}, 400, "invalid"),
    "an author": ("post", POSTS, {"text": "x", "author": "7"}, 400, "unknown_field"),
    "an author of a profile": ("patch", ME, {"about": "x", "author": "7"}, 400, "unknown_field"),
    "a rank": ("patch", ME, {"about": "x", "is_staff": True}, 400, "unknown_field"),
    "a rank for a post": ("post", POSTS, {"text": "x", "is_staff": True}, 400, "unknown_field"),
    "a rank when joining": ("post", MEMBERS, {"proof": "x", "is_staff": True}, 400, "unknown_field"),
    "a rank when logging in": ("post", SESSIONS, {"email": "mina@example.com", "is_staff": 1}, 400, "unknown_field"),
    "nobody to report": ("post", REPORTS, {"reason": "spam"}, 400, "invalid"),
    "nothing to say": ("post", POSTS, {}, 400, "post_empty"),
    "an appeal against nothing": ("post", APPEALS, {"decision_id": "7", "text": "x"}, 404, "not_found"),
    "an appeal of somebody": (
        "post",
        APPEALS,
        {"decision_id": "7", "text": "x", "member_id": "7"},
        400,
        "unknown_field",
    ),
    "an appeal without words": ("post", APPEALS, {"decision_id": "7", "text": " "}, 400, "invalid"),
    "11 ids of pictures": ("post", POSTS, {"image_ids": [str(n) for n in range(1, 12)]}, 400, "too_many_images"),
    "a picture of nobody": ("post", POSTS, {"text": "x", "image_ids": ["7"]}, 400, "image_not_usable"),
    "an avatar of nobody": ("put", f"{ME}/avatar", {"image_id": "7"}, 400, "image_not_usable"),
    "3 MB of text": ("post", POSTS, {"text": "x" * 3_000_000}, 413, "body_too_large"),
    "3 MB when joining": ("post", MEMBERS, {"proof": "x" * 3_000_000}, 413, "body_too_large"),
}


@pytest.mark.parametrize(("method", "address", "body", "status", "code"), BODIES.values(), ids=BODIES)
def test_json_that_is_refused_leaves_nothing_behind(
    mina_api: APIClient, method: str, address: str, body: Any, status: int, code: str
) -> None:
    before = snapshot()
    response = mina_api.generic(method.upper(), address, json.dumps(body), JSON)
    assert is_problem(response, status, code)
    assert snapshot() == before


READERS = [
    ("POST", POSTS), ("PATCH", ME), ("POST", REPORTS), ("POST", SESSIONS), ("POST", MEMBERS), ("POST", CODES),
    ("POST", f"{ME}/exports"), ("POST", APPEALS), ("POST", f"{SESSIONS}/end-others"), ("DELETE", f"{SESSIONS}/current"),
]  # fmt: skip


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_cannot_be_read_leaves_nothing_behind(mina_api: APIClient, body: Any) -> None:
    before = snapshot()
    for method, address in READERS:
        assert is_problem(mina_api.generic(method, address, body, JSON), 400, "malformed"), address
    assert snapshot() == before


BODILESS = [
    (method.upper(), re.sub(r"{\w+}", "7", path))
    for path, item in openapi_document()["paths"].items()
    for method, operation in item.items()
    if method != "get" and "requestBody" not in operation
]


@pytest.mark.parametrize(("method", "address"), BODILESS)
def test_a_body_where_none_is_taken_leaves_nothing_behind(mina_api: APIClient, method: str, address: str) -> None:
    before = snapshot()
    for name in ("is_staff", "author", "member_id"):
        assert is_problem(mina_api.generic(method, address, json.dumps({name: "7"}), JSON), 400, "unknown_field")
    assert snapshot() == before


OTHER_TYPES = [
    "", "text/plain", "text/json", "json", "*/*", "image/jpeg", "application/xml", "application/vnd.api+json",
    "application/x-www-form-urlencoded", "multipart/mixed; boundary=b", "application/octet-stream",
]  # fmt: skip


@pytest.mark.parametrize("kind", OTHER_TYPES)
def test_a_body_of_another_type_leaves_nothing_behind(mina_api: APIClient, kind: str) -> None:
    before = snapshot()
    for method, address in [*READERS, ("POST", IMAGES)]:
        response = mina_api.generic(method, address, '{"text": "x"}', kind)
        assert is_problem(response, 415, "unsupported_media_type"), address
    assert snapshot() == before


PARTS: dict[str, tuple[str, Callable[[], Any], int, str]] = {
    "11 pictures": (POSTS, lambda: {"images": [upload(size=(8, 8)) for _ in range(11)]}, 400, "too_many_images"),
    "21 pictures": (POSTS, lambda: {"images": [upload(size=(8, 8)) for _ in range(21)]}, 413, "body_too_large"),
    "no picture": (IMAGES, lambda: {"alt": "x"}, 400, "invalid"),
    "no part at all": (IMAGES, dict, 400, "invalid"),
    "nothing to say": (POSTS, dict, 400, "post_empty"),
    "one bad picture of two": (POSTS, lambda: {"images": [upload(), named("x.jpg")]}, 400, "not_an_image"),
    "an empty picture": (IMAGES, lambda: {"image": SimpleUploadedFile("x.jpg", b"")}, 400, "not_an_image"),
    "an empty picture of two": (
        POSTS, lambda: {"images": [upload(), SimpleUploadedFile("x.jpg", b"")]}, 400, "not_an_image",
    ),
    "half a picture": (
        IMAGES, lambda: {"image": SimpleUploadedFile("x.jpg", picture_bytes(size=(640, 480))[:200])}, 400,
        "not_an_image",
    ),
    "a picture of 11 MB": (
        IMAGES, lambda: {"image": SimpleUploadedFile("x.jpg", picture_bytes() + bytes(11_000_000))}, 413,
        "image_too_large",
    ),
    "a path as a name": (IMAGES, lambda: {"image": named("../../etc/passwd")}, 400, "not_an_image"),
    "a name of 300 letters": (IMAGES, lambda: {"image": named("한" * 300 + ".jpg")}, 400, "not_an_image"),
    "text where a picture belongs": (IMAGES, lambda: {"image": "x"}, 400, "invalid"),
    "a picture where text belongs": (POSTS, lambda: {"text": upload()}, 400, "invalid"),
    "3 MB of text": (POSTS, lambda: {"text": "x" * 3_000_000}, 413, "body_too_large"),
    "a null byte": (IMAGES, lambda: {"image": upload(), "alt": "a\0b"}, 400, "invalid"),
    "one text for two pictures": (POSTS, lambda: {"images": [upload(), upload()], "alts": ["x"]}, 400, "invalid"),
    "words twice": (IMAGES, lambda: {"image": upload(), "alt": ["a", "b"]}, 400, "invalid"),
    "a picture twice": (IMAGES, lambda: {"image": [upload(), upload()]}, 400, "invalid"),
    "an owner": (IMAGES, lambda: {"image": upload(), "owner": "7"}, 400, "unknown_field"),
    "an author": (POSTS, lambda: {"text": "x", "images": upload(), "author": "7"}, 400, "unknown_field"),
    "a rank": (POSTS, lambda: {"text": "x", "images": upload(), "is_staff": "true"}, 400, "unknown_field"),
}  # fmt: skip


@pytest.mark.parametrize(("address", "parts", "status", "code"), PARTS.values(), ids=PARTS)
def test_parts_that_are_refused_leave_nothing_behind(
    mina_api: APIClient, address: str, parts: Callable[[], Any], status: int, code: str
) -> None:
    before = snapshot()
    assert is_problem(mina_api.post(address, parts(), format="multipart"), status, code)
    assert snapshot() == before


NAMES = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "C:\\temp\\passwd.jpg", "passwd" * 50 + ".jpg", "x." + "passwd" * 50,
    "passwd" + "한" * 300, "x\u202egpj.passwd", "/passwd.jpg\0.php", "%2e%2e%2fpasswd", "passwd&#x2f;x.jpg",
]  # fmt: skip
OURS = re.compile(r"pictures/images/\d{4}/\d{2}/[0-9a-f]{32}\.full\.jpg")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("padding", [0, 2_000_000], ids=["in memory", "on disk"])
def test_the_name_of_a_picture_is_written_nowhere(mina_api: APIClient, name: str, padding: int) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    body: Any = head.encode() + picture_bytes() + bytes(padding) + b"\r\n--b--\r\n"
    before = snapshot()
    response = mina_api.generic("POST", IMAGES, body, "multipart/form-data; boundary=b")
    rows, files = snapshot()
    if response.status_code != 201:
        assert is_problem(response, 400)
        assert (rows, files) == before
        return
    assert "passwd" not in json.dumps(rows)
    (new,) = set(files) - set(before[1])
    assert OURS.fullmatch(str(Path(new).relative_to(settings.VAR_DIR)))
