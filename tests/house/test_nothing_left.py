"""A request that is refused leaves nothing behind: no row in any table, no file (design rule, ASVS 2.3.3)."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from tests.conftest import signed_in
from tests.factories import PASSWORD, PostFactory, picture_bytes, upload
from tests.house.problems import is_problem

POSTS, IMAGES, ME = "/api/v1/posts", "/api/v1/images", "/api/v1/me"
pytestmark = pytest.mark.django_db


def kept() -> tuple[dict[str, int], int]:
    """Rows by table, all rooms and the framework's included, and files."""
    rows = {model._meta.label: model._base_manager.count() for model in apps.get_models(include_auto_created=True)}
    return rows, sum(at.is_file() for at in Path(settings.MEDIA_ROOT).rglob("*"))


def named(name: str) -> SimpleUploadedFile:
    """A picture under a name, or what is none under that name."""
    return SimpleUploadedFile(name, b"no picture at all", "image/jpeg")


BODIES: dict[str, tuple[str, str, Any, int, str]] = {
    "text of a wrong type": ("post", POSTS, {"text": {"a": 1}}, 400, "invalid"),
    "a huge number": ("post", POSTS, {"image_ids": [10**400]}, 400, "malformed"),
    "a number of 64 bits": ("post", POSTS, {"image_ids": [str(2**63)]}, 400, "invalid"),
    "a number as an id": ("post", POSTS, {"image_ids": [7]}, 400, "invalid"),
    "a null byte": ("post", POSTS, {"text": "a\0b"}, 400, "invalid"),
    "a null byte in a profile": ("patch", ME, {"nickname": "a\0b"}, 400, "invalid"),
    "null for text": ("patch", ME, {"about": None}, 400, "invalid"),
    "an author": ("post", POSTS, {"text": "x", "author": "7"}, 400, "unknown_field"),
    "a rank": ("patch", ME, {"about": "x", "is_staff": True}, 400, "unknown_field"),
    "11 ids of pictures": ("post", POSTS, {"image_ids": [str(n) for n in range(1, 12)]}, 400, "too_many_images"),
    "a picture of nobody": ("post", POSTS, {"text": "x", "image_ids": ["7"]}, 400, "image_not_usable"),
    "an avatar of nobody": ("put", f"{ME}/avatar", {"image_id": "7"}, 400, "image_not_usable"),
    "3 MB of text": ("post", POSTS, {"text": "x" * 3_000_000}, 413, "body_too_large"),
}


@pytest.mark.parametrize(("method", "address", "body", "status", "code"), BODIES.values(), ids=BODIES)
def test_json_that_is_refused_leaves_nothing_behind(
    mina_api: APIClient, method: str, address: str, body: Any, status: int, code: str
) -> None:
    before = kept()
    response = mina_api.generic(method.upper(), address, json.dumps(body), "application/json")
    assert is_problem(response, status, code)
    assert kept() == before


PARTS: dict[str, tuple[str, Callable[[], Any], int, str]] = {
    "11 pictures": (POSTS, lambda: {"images": [upload(size=(8, 8)) for _ in range(11)]}, 400, "too_many_images"),
    "one bad picture of two": (POSTS, lambda: {"images": [upload(), named("x.jpg")]}, 400, "not_an_image"),
    "an empty picture": (IMAGES, lambda: {"image": SimpleUploadedFile("x.jpg", b"")}, 400, "not_an_image"),
    "half a picture": (
        IMAGES, lambda: {"image": SimpleUploadedFile("x.jpg", picture_bytes(size=(640, 480))[:200])}, 400,
        "not_an_image",
    ),
    "a path as a name": (IMAGES, lambda: {"image": named("../../etc/passwd")}, 400, "not_an_image"),
    "a name of 300 letters": (IMAGES, lambda: {"image": named("한" * 300 + ".jpg")}, 400, "not_an_image"),
    "text where a picture belongs": (IMAGES, lambda: {"image": "x"}, 400, "invalid"),
    "one text for two pictures": (POSTS, lambda: {"images": [upload(), upload()], "alts": ["x"]}, 400, "invalid"),
    "words twice": (IMAGES, lambda: {"image": upload(), "alt": ["a", "b"]}, 400, "invalid"),
    "a picture twice": (IMAGES, lambda: {"image": [upload(), upload()]}, 400, "invalid"),
    "an owner": (IMAGES, lambda: {"image": upload(), "owner": "7"}, 400, "unknown_field"),
}  # fmt: skip


@pytest.mark.parametrize(("address", "parts", "status", "code"), PARTS.values(), ids=PARTS)
def test_parts_that_are_refused_leave_nothing_behind(
    mina_api: APIClient, address: str, parts: Callable[[], Any], status: int, code: str
) -> None:
    before = kept()
    assert is_problem(mina_api.post(address, parts(), format="multipart"), status, code)
    assert kept() == before


NAMES = ["../../etc/passwd", "..", "C:\\temp\\x.jpg", "한" * 300 + ".jpg", "x\u202egpj.exe", "/x.jpg\0.php"]


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_picture_goes_nowhere(mina_api: APIClient, name: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="image"; filename="{name}"\r\nContent-Type: image/jpeg\r\n\r\n'
    body: Any = head.encode() + picture_bytes() + b"\r\n--b--\r\n"
    response = mina_api.generic("POST", IMAGES, body, "multipart/form-data; boundary=b")
    assert response.status_code in (201, 400), response.content
    files = [str(at) for at in Path(settings.VAR_DIR).rglob("*") if at.is_file()]
    assert not any(part in at for at in files for part in ("passwd", "temp", "한", "exe", "php"))


def test_a_cursor_of_another_list_or_key_is_refused(mina: Member, mina_api: APIClient, settings: Settings) -> None:
    PostFactory.create_batch(3, author=mina)
    cursor = mina_api.get(f"{POSTS}?limit=1").json()["next"]
    for other in (f"{POSTS}?has_images=false", f"{POSTS}?author={mina.pk}", "/api/v1/blocks?limit=1"):
        assert is_problem(mina_api.get(f"{other}&cursor={cursor}"), 400, "invalid_cursor")
    assert mina_api.get(f"{POSTS}?cursor={cursor}").status_code == 200
    settings.SECRET_KEY = "another key that has signed nothing of this so far"
    assert is_problem(mina_api.get(f"{POSTS}?cursor={cursor}"), 400, "invalid_cursor")


def test_the_tokens_of_a_withdrawn_member_do_nothing(mina: Member, jun: Member) -> None:
    phone = signed_in(mina)
    refresh = {"refresh": str(phone.pair.refresh)}  # type: ignore[attr-defined]
    mina.withdraw()
    before = kept()
    answers = [
        phone.post(POSTS, {"text": "x"}, format="json"),
        phone.post(IMAGES, {"image": upload()}, format="multipart"),
        phone.put(f"/api/v1/follows/{jun.pk}"),
        phone.post("/api/v1/sessions/refresh", refresh, format="json"),
    ]
    assert all(is_problem(answer, 401) for answer in answers)
    assert kept() == before


def test_what_is_somebody_elses_stays_as_it_was(mina: Member, jun_api: APIClient, image_of: Any) -> None:
    post, image = PostFactory.create(author=mina), image_of(mina)
    before = kept()
    answers = [
        jun_api.delete(f"{POSTS}/{post.pk}"),
        jun_api.delete(f"{IMAGES}/{image.pk}"),
        jun_api.patch(f"{IMAGES}/{image.pk}", {"alt": "mine"}, format="json"),
        jun_api.post(POSTS, {"image_ids": [str(image.pk)]}, format="json"),
        jun_api.put(f"{ME}/avatar", {"image_id": str(image.pk)}, format="json"),
        jun_api.get(f"{POSTS}?member_id={mina.pk}"),
        jun_api.post("/api/v1/sessions", {"email": mina.email, "password": PASSWORD, "sub": "7"}, format="json"),
    ]
    assert [answer.status_code for answer in answers] == [403, 404, 404, 400, 400, 400, 400]
    assert kept() == before
