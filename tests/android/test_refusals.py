"""Whatever goes wrong, the app hears a code of the call's own list as JSON: never a page, never a redirect."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, transaction
from pytest_django import Settings
from rest_framework.exceptions import MethodNotAllowed

from accounts.errors import CREDENTIAL_REFUSALS
from accounts.models import Member
from android import error_codes
from android.urls import urlpatterns
from libs.client_connection.errors import ClientDisconnected
from posts.errors import FormatNotSupported
from tests.android.app import KNOWN, App, Refused
from tests.android.calls import LISTS, SIGNED, query, refusal, request, send_once
from tests.android.okhttp import Request, file_part, multipart, posted, text_part
from tests.factories import picture_bytes
from tests.project.problems import error_classes
from tests.project.snapshots import snapshot

ROOT = Path(__file__).resolve().parents[2]
# These calls need no token.
OPEN = ("emailVerificationCode", "confirmVerificationCode", "join", "login")
# What the contract forbids although the app knows it: each has an effect that no refusal of ours is meant to have.
FORBIDDEN = {
    "emailVerificationCode": {"AUTH_001"},
    "confirmVerificationCode": {"AUTH_002"},
    "login": {"AUTH_005"},
    "reissueToken": {"AUTH_005"},
    "profile": {"MEMBER_005"},
    "deleteMember": {"MEMBER_007"},
    "posts": {"POST_003"},
    "memberPosts": {"POST_003"},
    "deletePost": {"POST_002"},
}


REFUSALS = error_classes()


def test_every_call_has_a_list_and_every_app_refuses_something() -> None:
    assert {pattern.name for pattern in urlpatterns} == LISTS.keys()
    assert set(error_codes.CALLS) <= LISTS.keys()
    assert len(LISTS) == 18
    assert len(REFUSALS) > 45


@pytest.mark.parametrize("call", LISTS)
def test_every_refusal_of_every_app_has_a_code_of_the_calls_own_list(call: str) -> None:
    for one in REFUSALS:
        if one in CREDENTIAL_REFUSALS and call in OPEN:
            continue
        exchanges = error_codes.app_error_for(call, str(one.default_code), one.status_code)
        if exchanges is None:
            # Embeds are no call of the app.
            assert one in (ClientDisconnected, FormatNotSupported) or one.status_code in (409, 500, 503), (
                f"{one} is no fault of ours, and must be answered"
            )
            continue
        status, code = exchanges
        assert code in KNOWN[LISTS[call]] or (one, code) == (MethodNotAllowed, "GLOBAL_003"), one
        assert code not in FORBIDDEN.get(call, set()), one
        assert status in (400, 401, 403, 404, 405, 409, 429, 500, 503)


@pytest.mark.parametrize("call", SIGNED)
def test_only_an_ended_login_is_refused_as_an_ended_login(call: str) -> None:
    for one in REFUSALS:
        exchanges = error_codes.app_error_for(call, str(one.default_code), one.status_code)
        assert ((exchanges or (0, ""))[1] in ("AUTH_007", "AUTH_008")) == (one in CREDENTIAL_REFUSALS), one


# One call of each kind of body, since these are refused before a call looks at anything.
ODD: dict[str, tuple[str, Request, int, str]] = {
    "a wrong method": ("profile", Request("POST", "/member/profile"), 405, "GLOBAL_003"),
    "a wrong method of a form": ("registerPost", Request("GET", "/post/registerPost"), 405, "GLOBAL_003"),
    "a wrong method of a number": ("deletePost", Request("GET", "/post/delete/7"), 405, "GLOBAL_003"),
    "a method of nobody": ("block", Request("BREW", "/member/block"), 405, "GLOBAL_003"),
    "an unrouted address": ("profile", Request("GET", "/member/nothing"), 404, "GLOBAL_001"),
    "an unrouted address of posts": ("posts", Request("GET", "/post/nothing"), 404, "GLOBAL_001"),
    "the prefix alone": ("posts", Request("GET", "/post/"), 404, "GLOBAL_001"),
    "a stroke at the end": ("posts", query("post/posts/", member_id=7, page=0, size=10), 404, "GLOBAL_001"),
    "a stroke at the end of a POST": ("block", posted("/member/block/", {}), 404, "GLOBAL_001"),
    "a stroke at the end of a DELETE": ("deletePost", Request("DELETE", "/post/delete/7/"), 404, "GLOBAL_001"),
    "two strokes": ("posts", Request("GET", "/post//posts"), 404, "GLOBAL_001"),
    "text for a number": ("deletePost", Request("DELETE", "/post/delete/x"), 404, "GLOBAL_001"),
    "a number of 64 bits": ("deletePost", Request("DELETE", f"/post/delete/{2**63}"), 404, "GLOBAL_001"),
    "a null byte in the address": ("posts", Request("GET", "/post/posts/%00"), 404, "GLOBAL_001"),
    "no UTF-8 in the address": ("posts", Request("GET", "/post/posts/%ff"), 404, "GLOBAL_001"),
    "a huge body": ("block", posted("/member/block", {"x": "y" * 3_000_000}), 400, "GLOBAL_002"),
    "a huge form as JSON": ("registerPost", posted("/post/registerPost", {"x": "y" * 300_000}), 400, "GLOBAL_002"),
    "a broken body": ("block", Request("POST", "/member/block", b'{"a', "application/json"), 400, "GLOBAL_002"),
    "no body": ("block", Request("POST", "/member/block"), 400, "GLOBAL_002"),
    "a list": ("report", Request("POST", "/member/report", b"[7]", "application/json"), 400, "GLOBAL_002"),
    "another type": ("unblock", Request("POST", "/member/unblock", b"a=1", "text/plain"), 400, "GLOBAL_002"),
    "a page": ("unblock", Request("POST", "/member/unblock", b"<html>", "text/html"), 400, "GLOBAL_002"),
    "JSON for a form": ("registerPost", posted("/post/registerPost", {"member_id": 7}), 400, "GLOBAL_002"),
    "a form for JSON": ("block", multipart("/member/block", [text_part("member_id", "7")]), 400, "GLOBAL_002"),
    "no edge": ("registerPost", Request("POST", "/post/registerPost", b"x", "multipart/form-data"), 400, "GLOBAL_002"),
    "a form of nothing": ("uploadAvatar", multipart("/member/uploadAvatar", []), 400, "GLOBAL_002"),
    "no form": ("registerPost", Request("POST", "/post/registerPost"), 400, "GLOBAL_002"),
    "an odd parameter": ("profile", query("member/profile", member_id=7, format="html"), 400, "GLOBAL_002"),
    "an odd parameter of a POST": ("block", posted("/member/block?member_id=7", {}), 400, "GLOBAL_002"),
    "101 texts": (
        "registerPost", multipart("/post/registerPost", [text_part("x", "y")] * 103), 400, "GLOBAL_002",
    ),
    "21 files": (
        "registerPost", multipart("/post/registerPost", [file_part("x", "y", b"z")] * 21), 400, "GLOBAL_002",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("call", "sent", "status", "code"), ODD.values(), ids=ODD)
def test_what_no_phone_sends_is_refused_as_json_and_leaves_nothing_behind(
    mina_app: App, call: str, sent: Request, status: int, code: str
) -> None:
    before = snapshot()
    assert refusal(call, send_once(mina_app, sent)) == (status, code)
    assert snapshot() == before


@pytest.mark.parametrize("path", ["/member/nothing", "/post/nothing", "/auth/nothing", "/post/posts/", "/auth/login/"])
def test_an_unknown_path_is_not_found_without_a_token_too(db: None, app: App, path: str) -> None:
    for method in ("GET", "POST", "DELETE", "PUT"):
        data = send_once(app, Request(method, path))
        assert (data.status, data.json()["code"], data.headers["content-type"]) == (
            404, "GLOBAL_001", "application/json",
        )  # fmt: skip


@pytest.mark.parametrize("call", SIGNED)
def test_without_a_token_and_with_a_false_one_a_call_sends_to_the_login_screen(mina_app: App, call: str) -> None:
    for access in ("", "x.y.z", "한"):
        assert refusal(call, mina_app.send(request(call), access, 5.0)) == (401, "AUTH_007")


def _breaks(execute: Callable[..., Any], sql: str, *more: Any) -> Any:
    """A fault that nobody thought of, in place of the first statement that a call makes."""
    if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
        raise RuntimeError("a fault")
    return execute(sql, *more)


@pytest.mark.parametrize("call", SIGNED)
def test_a_fault_of_ours_is_json_too_and_keeps_the_login(mina_app: App, mina: Member, jun: Member, call: str) -> None:
    sent = request(call, actor=mina.pk, target=mina.pk if call == "deleteMember" else jun.pk)
    mina_app.profile()
    before = snapshot()
    # In a savepoint, since a failed statement would spoil the transaction of the test.
    with connection.execute_wrapper(_breaks), transaction.atomic():
        assert refusal(call, send_once(mina_app, sent)) == (500, "GLOBAL_006")
    assert snapshot() == before
    mina_app.start()


class Unheard(FileSystemStorage):
    """A storage that fails as no storage was seen to fail."""

    def _save(self, name: str, content: Any) -> str:
        raise RuntimeError(name)


def test_a_storage_that_fails_as_none_did_before_leaves_no_post_behind(mina_app: App, settings: Settings) -> None:
    backend = {"default": {"BACKEND": f"{__name__}.Unheard", "OPTIONS": {"location": settings.MEDIA_ROOT}}}
    settings.STORAGES = settings.STORAGES | backend
    with pytest.raises(Refused, match="GLOBAL_006"):
        mina_app.register_post("Snow", {"a.jpg": picture_bytes()})
    assert mina_app.own_posts() == []


def test_a_refusal_says_which_field_is_at_fault_and_why(mina_app: App) -> None:
    data = json.loads(send_once(mina_app, query("member/profile", member_id="x")).body)
    assert data == {"status": 400, "code": "GLOBAL_002", "message": "member_id: This is no whole number in range."}
    assert (
        send_once(mina_app, ODD["a list"][1]).json()["message"] == "Invalid data. Expected a dictionary, but got list."
    )
