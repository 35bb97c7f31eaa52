"""Bodies that no honest client sends are refused by what is wrong with them, and cost no more than they are worth."""

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from tests.factories import upload
from tests.project.problems import is_problem

POSTS = "/api/v1/posts"
pytestmark = pytest.mark.django_db

UNREADABLE = {
    "broken": b'{"text": ',
    "empty": b" ",
    "not UTF-8": b'{"text": "\xff"}',
    "UTF-16": '{"text": "x"}'.encode("utf-16"),
    "half a character": b'{"text": "\\ud800"}',
    "half a character as a name": b'{"\\ud800": 1}',
    "a name twice": b'{"text": "a", "text": "b"}',
    "a name twice, deep": b'{"text": [{"a": 1, "a": 2}]}',
    "NaN": b'{"text": NaN}',
    "infinite": b'{"text": -Infinity}',
    "infinite as a number": b'{"text": 1e400}',
    "endless number": b'{"text": ' + b"9" * 5_000 + b"}",
    "deep": b"[" * 100_000,
    "deep and whole": b"[" * 2_000 + b"]" * 2_000,
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_a_body_that_is_no_honest_json_is_malformed(mina_api: APIClient, api: APIClient, body: Any) -> None:
    assert is_problem(mina_api.generic("POST", POSTS, body, "application/json"), 400, "malformed")
    assert is_problem(api.generic("POST", "/api/v1/sessions", body, "application/json"), 400, "malformed")


@pytest.mark.parametrize(
    "body", ["null", "[]", "7", '"x"', "true", '{"text": {}}', '{"text": [1]}', '{"text": "\\u0000"}']
)
def test_json_of_another_shape_is_invalid(mina_api: APIClient, body: str) -> None:
    response = mina_api.generic("POST", POSTS, body, "application/json")
    assert is_problem(response, 400, "invalid")
    assert response.json()["errors"]


@pytest.mark.parametrize("number", ["1234567890", "1.0", "1E+2", "-0", "0." + "1" * 40])
def test_a_number_is_no_text(api: APIClient, mina_api: APIClient, number: str) -> None:
    body: Any = f'{{"email": "mina@heart.example", "password": {number}}}'
    assert is_problem(api.generic("POST", "/api/v1/sessions", body, "application/json"), 400, "invalid")
    body = f'{{"current": "x", "password": {number}}}'
    assert is_problem(mina_api.generic("POST", "/api/v1/me/password", body, "application/json"), 400, "invalid")


@pytest.mark.parametrize("size", [300_000, 3_000_000])
def test_a_body_larger_than_any_honest_one_is_refused(mina_api: APIClient, api: APIClient, size: int) -> None:
    body = json.dumps({"text": "x" * size})
    assert is_problem(mina_api.generic("POST", POSTS, body, "application/json"), 413, "body_too_large")
    assert is_problem(api.generic("POST", "/api/v1/members", body, "application/json"), 413, "body_too_large")
    assert is_problem(mina_api.post(POSTS, {"text": "x" * size}, format="multipart"), 413, "body_too_large")


def test_too_many_files_or_fields_are_too_large(mina_api: APIClient) -> None:
    files = {"images": [upload(size=(8, 8)) for _ in range(21)]}
    fields = {"alts": ["x"] * 101}
    assert is_problem(mina_api.post(POSTS, files, format="multipart"), 413, "body_too_large")
    assert is_problem(mina_api.post(POSTS, fields, format="multipart"), 413, "body_too_large")


def test_an_answer_does_not_grow_with_what_a_stranger_sends(api: APIClient) -> None:
    response = api.post("/api/v1/sessions", {f"x{number}": 1 for number in range(10_000)}, format="json")
    assert is_problem(response, 400, "unknown_field")
    assert len(response.json()["errors"]) == 100


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/mixed"]
)
def test_a_body_of_another_type_is_unsupported(mina_api: APIClient, api: APIClient, kind: str) -> None:
    assert is_problem(mina_api.generic("POST", POSTS, "text=x", kind), 415, "unsupported_media_type")
    assert is_problem(api.generic("POST", "/api/v1/sessions", "text=x", kind), 415, "unsupported_media_type")


def test_files_are_read_where_files_belong_only(mina_api: APIClient) -> None:
    assert is_problem(mina_api.patch("/api/v1/me", {"about": "x"}, format="multipart"), 415)
    assert is_problem(mina_api.post("/api/v1/images", {"image": "x"}, format="json"), 415)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=" + "x" * 300])
def test_multipart_that_cannot_be_read_is_malformed(mina_api: APIClient, kind: str) -> None:
    assert is_problem(mina_api.generic("POST", POSTS, "garbage", kind), 400, "malformed")


def test_multipart_without_its_parts_says_what_is_missing(mina_api: APIClient) -> None:
    assert is_problem(mina_api.post(POSTS, {}, format="multipart"), 400, "post_empty")
    response = mina_api.post("/api/v1/images", {"alt": "x"}, format="multipart")
    assert is_problem(response, 400, "invalid")
    assert [fault["field"] for fault in response.json()["errors"]] == ["image"]


def test_a_misspelt_field_or_parameter_is_said_to_be_unknown(mina_api: APIClient) -> None:
    field, parameter = mina_api.post(POSTS, {"txet": "x"}, format="json"), mina_api.get(f"{POSTS}?page=2")
    assert is_problem(field, 400, "unknown_field")
    assert is_problem(parameter, 400, "unknown_field")
    details = [answer.json()["errors"][0]["detail"] for answer in (field, parameter)]
    assert details == [f"This {name} is not supported here." for name in ("field", "parameter")]
    assert field.json()["detail"] == parameter.json()["detail"]
    assert "not supported here" in parameter.json()["detail"]


@pytest.mark.parametrize("name", ["member_id", "author", "owner", "id", "is_staff", "is_superuser", "withdrawn_at"])
def test_nobody_sets_what_only_the_server_sets(mina: Member, mina_api: APIClient, jun: Member, name: str) -> None:
    more = {name: str(jun.pk)}
    answers = [
        mina_api.post("/api/v1/images", {"image": upload()} | more, format="multipart"),
        mina_api.patch("/api/v1/me", {"about": "x"} | more, format="json"),
        mina_api.put("/api/v1/me/avatar", {"image_id": "7"} | more, format="json"),
        mina_api.post("/api/v1/members", {"proof": "x"} | more, format="json"),
        mina_api.post("/api/v1/sessions", {"email": mina.email, "password": "x"} | more, format="json"),
        mina_api.get(f"{POSTS}?{name}=1") if name != "author" else mina_api.get(f"/api/v1/blocks?{name}=1"),
    ]
    assert all(is_problem(answer, 400, "unknown_field") for answer in answers)
    mina.refresh_from_db()
    assert (mina.about, mina.is_staff, mina.withdrawn_at) == ("", False, None)
