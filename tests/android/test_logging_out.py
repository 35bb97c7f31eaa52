"""auth/logout ends this login, whatever state its token is in."""

import base64
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from tests.accounts.phone import Phone
from tests.accounts.tokens import claims, forged
from tests.android.app import App, LoggedOut
from tests.android.conftest import app_of
from tests.android.okhttp import Answer, Request, in_process
from tests.android.refusals import session_of, status_and_code, verify_token
from tests.erasing import erase

pytestmark = pytest.mark.django_db
DONE, FALSE = (200, ""), (401, "AUTH_010")


def logged_out(access: str) -> Answer:
    return in_process()(Request("POST", "/auth/logout"), access, 5.0)


def renewed(app: App) -> tuple[int, str]:
    return status_and_code(in_process()(app._renewal(session_of(app)), "", 10.0))


def test_a_logout_ends_both_tokens_at_once(mina_app: App) -> None:
    session = session_of(mina_app)
    assert isinstance(mina_app.logout().json()["message"], str)
    assert verify_token(session.access) == (400, "GLOBAL_103")
    mina_app.session = session
    assert renewed(mina_app) == (401, "AUTH_007")
    with pytest.raises(LoggedOut):
        mina_app.posts()


def test_a_logout_ends_no_other_phone(mina_app: App, jun_app: App, mina: Member) -> None:
    other, phone = app_of(mina), Phone.of(mina)
    mina_app.logout()
    for app in (other, jun_app):
        app.start()
        assert renewed(app) == DONE
    assert phone.get("me").status_code == 200


def test_the_user_of_an_expired_token_can_log_out(mina_app: App) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=10)):
        assert status_and_code(logged_out(session_of(mina_app).access)) == DONE
        assert renewed(mina_app) == (401, "AUTH_007")
        assert verify_token(session_of(mina_app).access) == (400, "GLOBAL_103")


def test_the_access_token_before_the_renewal_logs_out_as_well(mina_app: App) -> None:
    before = session_of(mina_app).access
    mina_app._keep(in_process()(mina_app._renewal(session_of(mina_app)), "", 10.0))
    assert status_and_code(logged_out(before)) == DONE
    assert verify_token(session_of(mina_app).access) == (400, "GLOBAL_103")


def test_a_token_signed_by_the_key_before_logs_out(mina_app: App, settings: Settings) -> None:
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", *settings.JWT_KEYS]
    assert status_and_code(logged_out(session_of(mina_app).access)) == DONE


def test_logging_out_twice_brings_the_user_to_the_login_screen(mina_app: App) -> None:
    access = session_of(mina_app).access
    assert status_and_code(logged_out(access)) == DONE
    assert status_and_code(logged_out(access)) == FALSE


@pytest.mark.parametrize("end", ["suspended", "withdrawn", "erased", "over"])
def test_the_token_of_a_login_that_has_ended_lets_go_of_the_phone(mina_app: App, mina: Member, end: str) -> None:
    days = 0
    if end == "suspended":
        mina.suspend(timezone.now() + timedelta(days=1))
    elif end == "withdrawn":
        mina.withdraw()
    elif end == "erased":
        erase(mina)
    else:
        days = 15
    with time_machine.travel(timezone.now() + timedelta(days=days)), pytest.raises(LoggedOut) as refusal:
        mina_app.logout()
    assert refusal.value.code == "AUTH_010"
    assert mina_app.session is None


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic bWluYTpwYXNz",
        "Bearer x",
        "Bearer a.b.c",
        "Bearer é.é.é",
        "Bearer a, Bearer b",
        "Bearer " + base64.b64encode(b"[" * 5_000).decode() + ".e30.x",
    ],
)
def test_every_odd_header_lets_go_of_the_phone(db: None, header: str | None) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = Client(raise_request_exception=False).post("/auth/logout", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == FALSE


def test_no_token_of_another_type_or_audience_ends_a_login(mina_app: App, mina: Member) -> None:
    phone, session = Phone.of(mina), session_of(mina_app)
    for token in (session.refresh, phone.pair["access"], phone.pair["refresh"]):
        assert status_and_code(logged_out(token)) == FALSE
    assert status_and_code(logged_out(forged(session.access, key="somebody else's secret of some length"))) == FALSE
    assert status_and_code(logged_out(forged(phone.pair["access"], exp=1))) == FALSE
    mina_app.start()
    assert phone.get("me").status_code == 200
    assert phone.delete("sessions/current").status_code == 204
    mina_app.start()


def test_a_token_of_the_app_ends_nothing_at_v1(mina_app: App, mina: Member) -> None:
    phone = Phone.of(mina)
    phone.pair["access"] = session_of(mina_app).access
    assert phone.delete("sessions/current").status_code == 401
    mina_app.start()


def test_nobody_ends_the_login_of_another(mina_app: App, jun_app: App) -> None:
    sid = claims(session_of(jun_app).access)["sid"]
    taken = forged(session_of(mina_app).access, sid=sid, key="somebody else's secret of some length")
    assert status_and_code(logged_out(taken)) == FALSE
    jun_app.start()
