"""auth/reissueToken: what is refused is AUTH_007, plain expiry alone AUTH_008."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, OperationalError, connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, SecurityEvent
from accounts.sessions.tokens import LEEWAY
from tests.accounts.phone import Phone
from tests.accounts.tokens import forged
from tests.android.app import App, LoggedOut
from tests.android.conftest import app_of
from tests.android.okhttp import Request, in_process
from tests.android.refusals import code_of, renew_with, session_of, status_and_code
from tests.erasing import erase
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
DEAD, OVER = (401, "AUTH_007"), (401, "AUTH_008")


def test_somebody_elses_number_is_refused_and_the_login_goes_on(mina_app: App, jun: Member) -> None:
    for number in (jun.pk, str(jun.pk), 1, 2**63 - 1):
        assert status_and_code(renew_with(session_of(mina_app), member_id=number)) == DEAD
    assert not SecurityEvent.objects.exists()
    mina_app.start()
    assert status_and_code(renew_with(session_of(mina_app))) == (200, "")


@pytest.mark.parametrize(
    "number", [None, "", " ", "x", "7.0", 7.5, True, [], {}, 0, -1, 2**63, 10**40, "9" * 30, "٧", "+7", "0x7"]
)
def test_what_is_no_number_is_refused_and_the_login_goes_on(mina_app: App, number: object) -> None:
    assert status_and_code(renew_with(session_of(mina_app), member_id=number)) == DEAD
    assert status_and_code(renew_with(session_of(mina_app))) == (200, "")


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "..", " ", "x" * 2_001, None, 5, True, [], {}, "é.é.é", "a\0b"])
def test_what_is_no_token_is_refused(mina_app: App, token: object) -> None:
    assert status_and_code(renew_with(session_of(mina_app), refresh_token=token)) == DEAD
    assert status_and_code(renew_with(session_of(mina_app))) == (200, "")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", "application/json; charset=utf-8"),
        (b"", ""),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"null", "application/json"),
        (b"5", "application/json"),
        (b'"x"', "application/json"),
        (b"{}", "application/json"),
        (b"\xff\xfe{}", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b'{"member_id":NaN}', "application/json"),
        (b'{"member_id":1e999}', "application/json"),
        (b'{"member_id":' + b"9" * 5_000 + b"}", "application/json"),
        (b'{"refresh_token":"\\ud800"}', "application/json"),
        (b"x" * 3_000_000, "application/json"),
        (b"--x--", "multipart/form-data; boundary=x"),
        (b"a=b", "application/x-www-form-urlencoded"),
        (b"<a/>", "text/xml"),
    ],
)
def test_every_unreadable_body_is_answered_like_a_dead_token(db: None, body: bytes, kind: str) -> None:
    assert status_and_code(in_process()(Request("POST", "/auth/reissueToken", body, kind), "", 10.0)) == DEAD


@pytest.mark.parametrize(
    "kind", ["text/plain", "", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "a/b;;"]
)
def test_a_good_body_under_a_wrong_type_is_refused_and_the_login_goes_on(mina_app: App, kind: str) -> None:
    body = mina_app._renewal(session_of(mina_app)).body
    assert status_and_code(in_process()(Request("POST", "/auth/reissueToken", body, kind), "", 10.0)) == DEAD
    assert status_and_code(in_process()(mina_app._renewal(session_of(mina_app)), "", 10.0)) == (200, "")


def test_other_methods_and_queries_are_refused_alike(mina_app: App) -> None:
    body = mina_app._renewal(session_of(mina_app))
    for method, path in (("GET", ""), ("PUT", ""), ("DELETE", ""), ("POST", "?member_id=1")):
        request = Request(method, f"/auth/reissueToken{path}", body.body, body.content_type)
        assert status_and_code(in_process()(request, "", 10.0)) == DEAD


def test_only_an_expired_token_is_refused_as_expired(mina_app: App, mina: Member, settings: Settings) -> None:
    phone, session = Phone.of(mina), session_of(mina_app)
    with time_machine.travel(timezone.now() + timedelta(days=settings.REFRESH_TOKEN_IDLE_DAYS, seconds=LEEWAY)):
        assert status_and_code(renew_with(session)) == OVER
        others = [session.access, phone.pair["refresh"], phone.pair["access"]]
        assert [status_and_code(renew_with(session, token)) for token in others] == [DEAD] * 3
        assert (
            status_and_code(renew_with(session, forged(session.refresh, key="another secret of more than 32 letters")))
            == DEAD
        )
    assert status_and_code(renew_with(session)) == (200, "")


def test_no_token_of_another_type_or_audience_renews(mina_app: App, mina: Member) -> None:
    phone, session = Phone.of(mina), session_of(mina_app)
    for token in (session.access, phone.pair["refresh"], phone.pair["access"]):
        assert status_and_code(renew_with(session, token)) == DEAD
    assert phone.refresh(session.refresh).status_code == 401
    assert phone.refresh().status_code == 200
    assert status_and_code(renew_with(session)) == (200, "")


@pytest.mark.parametrize(
    "changes",
    [{"aud": "v1"}, {"aud": None}, {"iss": "x"}, {"typ": "access"}, {"sid": "1"}, {"sub": "1"}, {"jti": None}],
)
def test_a_claim_that_is_wrong_or_missing_is_refused(mina_app: App, changes: dict[str, Any]) -> None:
    assert status_and_code(renew_with(session_of(mina_app), forged(session_of(mina_app).refresh, **changes))) == DEAD
    assert status_and_code(renew_with(session_of(mina_app))) == (200, "")


Ended = Callable[[Member], Any]
ENDS: dict[str, Ended] = {
    "suspended": lambda mina: mina.suspend(timezone.now() + timedelta(days=1)),
    "withdrawn": lambda mina: mina.withdraw(),
    "erased": erase,
    "logged out": lambda mina: mina.sessions.end("logged_out"),
    "password changed": lambda mina: Phone.of(mina).post("me/password", current=PASSWORD, password="a brand new one"),
}


@pytest.mark.parametrize("end", ENDS)
def test_nothing_renews_a_login_that_has_ended(mina_app: App, mina: Member, end: str) -> None:
    ENDS[end](mina)
    assert status_and_code(renew_with(session_of(mina_app))) == DEAD
    assert not SecurityEvent.objects.filter(kind="token_reused").exists()


def test_a_changed_password_signs_out_every_phone_with_the_app(mina_app: App, mina: Member) -> None:
    other = app_of(mina)
    Phone.of(mina).post("me/password", current=PASSWORD, password="a brand new password")
    for app in (mina_app, other):
        with pytest.raises(LoggedOut):
            app.posts()
        assert app.session is None


def test_failures_are_counted_and_no_good_token_ever_waits(mina_app: App) -> None:
    failures = [renew_with(session_of(mina_app), "nonsense", member_id=number + 1) for number in range(80)]
    assert {status_and_code(answer) for answer in failures} == {DEAD}
    assert ["retry-after" in answer.headers for answer in failures] == [False] * 60 + [True] * 20
    for _ in range(80):
        assert status_and_code(renew_with(session_of(mina_app))) == (200, "")
    mina_app.start()
    assert code_of(mina_app.delete_post, 1) == "POST_004"


@pytest.mark.parametrize("fault", [OperationalError, IntegrityError, RuntimeError])
def test_a_fault_of_ours_is_never_refused_as_an_invalid_token(mina_app: App, fault: type[Exception]) -> None:
    def fails(execute: Any, sql: str, *rest: Any) -> Any:
        if "accounts_loginsession" in sql:
            raise fault("away")
        return execute(sql, *rest)

    with connection.execute_wrapper(fails):
        # A running server closes the connection instead.
        assert status_and_code(renew_with(session_of(mina_app)))[0] == 503
    assert status_and_code(renew_with(session_of(mina_app))) == (200, "")
