"""The app is opened: verifyAccessToken says 200, GLOBAL_103 or GLOBAL_104, and nothing else ever."""

import base64
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from accounts.sessions.tokens import LEEWAY
from tests.accounts.phone import Phone
from tests.accounts.test_tokens import ed25519_key, segment
from tests.accounts.tokens import claims, forged, own_key
from tests.android.app import App, LoggedOut
from tests.android.conftest import app_of
from tests.android.refusals import session_of, verify_token
from tests.erasing import erase
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
GOOD, FALSE, EXPIRED = (200, ""), (400, "GLOBAL_103"), (400, "GLOBAL_104")
NEXT_KEY = "next:another secret of more than 32 characters"


def with_header(header: str | None) -> tuple[int, str]:
    headers = {} if header is None else {"Authorization": header}
    answer = Client(raise_request_exception=False).get("/auth/verifyAccessToken", headers=headers)
    return answer.status_code, answer.json().get("code", "")


def test_a_good_token_is_good_every_time(mina_app: App) -> None:
    for _ in range(3):
        mina_app.start()
    assert verify_token(session_of(mina_app).access) == GOOD


def test_a_request_without_a_token_is_refused_like_a_false_one(db: None) -> None:
    assert with_header(None) == FALSE


@pytest.mark.parametrize(
    "header",
    ["", " ", "Bearer", "Bearer ", "Bearer  ", "Basic bWluYTpwYXNz", "Token abc", "abc", "Bearerabc", "Digest x=y",
     "Bearer x", "Bearer a.b", "Bearer a.b.c", "Bearer a.b.c.d", "Bearer ..", "Bearer null", "Bearer é.é.é",
     "Bearer a b", "Bearer a, Bearer b", "Bearer \x00", "Bearer " + "x" * 7_000, "bearer {}.{}.{}",
     "Bearer " + base64.b64encode(b"[" * 5_000).decode() + ".e30.x"],
)  # fmt: skip
def test_every_odd_header_is_refused_like_a_false_token(db: None, header: str) -> None:
    assert with_header(header) == FALSE


def test_the_word_bearer_is_read_in_any_case(mina_app: App) -> None:
    assert with_header(f"bEARER  {session_of(mina_app).access} ") == GOOD
    assert with_header(f"Basic {session_of(mina_app).access}") == FALSE


def test_a_token_in_the_query_or_a_cookie_is_not_looked_at(mina_app: App) -> None:
    access = session_of(mina_app).access
    client = Client(raise_request_exception=False)
    client.cookies["Authorization"] = f"Bearer {access}"
    for path in ("/auth/verifyAccessToken", f"/auth/verifyAccessToken?access_token={access}"):
        answer = client.get(path)
        assert (answer.status_code, answer.json()["code"]) == FALSE


def test_an_unsigned_token_is_false(mina_app: App) -> None:
    payload = claims(session_of(mina_app).access)
    for name in ("none", "None", "NONE", ""):
        head = segment({"typ": "JWT", "alg": name, "kid": own_key()[0]})
        assert verify_token(f"{head}.{segment(payload)}.") == FALSE
        assert verify_token(f"{head}.{segment(payload | {'exp': 1})}.") == FALSE


@pytest.mark.parametrize("expired", [False, True])
def test_a_token_that_we_did_not_sign_is_invalid(mina_app: App, expired: bool) -> None:
    access = session_of(mina_app).access
    changes: dict[str, Any] = {"exp": int(timezone.now().timestamp()) - 60} if expired else {}
    assert verify_token(forged(access, **changes)) == (EXPIRED if expired else GOOD)
    assert verify_token(forged(access, key="somebody else's secret of some length", **changes)) == FALSE
    assert verify_token(forged(access, algorithm="HS512", key="long enough " * 10, **changes)) == FALSE
    assert verify_token(forged(access, algorithm="EdDSA", key=ed25519_key()[0], **changes)) == FALSE
    for kid in ("unknown", "../../dev/null", None):
        assert verify_token(forged(access, kid=kid, **changes)) == FALSE
    head, body, signature = access.split(".")
    assert verify_token(f"{head}.{body}.{signature[:-4]}AAAA") == FALSE
    assert verify_token(f"{head}.{body}.") == FALSE


@pytest.mark.parametrize("expired", [False, True])
@pytest.mark.parametrize(
    "changes",
    [{"aud": "v1"}, {"aud": None}, {"aud": []}, {"iss": "somebody"}, {"iss": None}, {"jti": None}, {"typ": None},
     {"typ": "refresh"}, {"typ": ["access"]}, {"sid": None}, {"sid": "x"}, {"sid": "0"}, {"sub": None}, {"sub": "x"},
     {"sub": 5}, {"nbf": 99_999_999_999}],
)  # fmt: skip
def test_a_claim_that_is_wrong_or_missing_is_false(mina_app: App, changes: dict[str, Any], expired: bool) -> None:
    over = {"exp": int(timezone.now().timestamp()) - 60} if expired else {}
    assert verify_token(forged(session_of(mina_app).access, **over | changes)) == FALSE


@pytest.mark.parametrize("end", [None, "soon", [], {}])
def test_a_token_without_an_end_is_false(mina_app: App, end: Any) -> None:
    assert verify_token(forged(session_of(mina_app).access, exp=end)) == FALSE


def test_no_other_token_of_ours_is_an_access_token(mina_app: App, mina: Member) -> None:
    phone = Phone.of(mina)
    others = [session_of(mina_app).refresh, phone.pair["access"], phone.pair["refresh"]]
    assert [verify_token(token) for token in others] == [FALSE] * 3
    with time_machine.travel(timezone.now() + timedelta(days=20)):
        assert [verify_token(token) for token in others] == [FALSE] * 3


def test_a_token_from_a_server_whose_clock_is_ahead_is_good(mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        app = app_of(mina)
        clock.shift(-LEEWAY + 1)
        app.start()
        assert len(app.exchanges) == 1


def test_the_token_expires_after_a_day_to_the_second(mina_app: App) -> None:
    access = session_of(mina_app).access
    end = claims(access)["exp"]
    with time_machine.travel(end + LEEWAY - 1, tick=False) as clock:
        assert verify_token(access) == GOOD
        clock.shift(1)
        assert verify_token(access) == EXPIRED


def test_opening_the_app_the_next_morning_renews_the_tokens_unseen(mina_app: App) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(20):
            clock.shift(timedelta(days=3))
            mina_app.start()
            mina_app.posts()
    assert {answer.status for _, answer in mina_app.exchanges} == {200, 400}


@pytest.mark.parametrize("days", [1.1, 6, 13, 13.99])
def test_an_expired_token_is_known_as_long_as_its_login_can_be_renewed(mina_app: App, days: float) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        call_command("cleanup")
        assert verify_token(session_of(mina_app).access) == EXPIRED
        mina_app.start()
        assert verify_token(session_of(mina_app).access) == GOOD


def test_a_login_that_nobody_used_for_weeks_is_over(mina_app: App) -> None:
    access = session_of(mina_app).access
    for days in (14.01, 60, 100, 1_000):
        with time_machine.travel(timezone.now() + timedelta(days=days)):
            call_command("cleanup")
            assert verify_token(access) == FALSE
    with time_machine.travel(timezone.now() + timedelta(days=15)), pytest.raises(LoggedOut):
        mina_app.start()


def test_lost_renewals_do_not_shorten_how_long_the_token_is_known(mina_app: App, mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            clock.shift(timedelta(days=4))
            mina_app.send(mina_app._renewal(session_of(mina_app)), "", 10.0)
        assert verify_token(session_of(mina_app).access) == EXPIRED
        mina_app.start()
        mina_app.posts()


@pytest.mark.parametrize("days", [0, 13])
def test_a_new_key_signs_nobody_out(mina_app: App, settings: Settings, days: int) -> None:
    settings.JWT_KEYS = [NEXT_KEY, *settings.JWT_KEYS]
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert verify_token(session_of(mina_app).access) == (EXPIRED if days else GOOD)
        mina_app.start()
        mina_app.posts()


def test_once_every_login_was_renewed_the_old_key_may_go(mina_app: App, settings: Settings) -> None:
    old = session_of(mina_app).access
    settings.JWT_KEYS = [NEXT_KEY, *settings.JWT_KEYS]
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        mina_app.start()
        settings.JWT_KEYS = settings.JWT_KEYS[:1]
        mina_app.start()
        mina_app.posts()
        assert verify_token(old) == FALSE


Ended = Callable[[Member], Any]
ENDS: dict[str, Ended] = {
    "suspended": lambda mina: mina.suspend(timezone.now() + timedelta(days=1)),
    "withdrawn": lambda mina: mina.withdraw(),
    "erased": erase,
    "logged out": lambda mina: mina.sessions.end("logged_out"),
    "ended from another phone": lambda mina: Phone.of(mina).post("sessions/end-others"),
    "password changed": lambda mina: Phone.of(mina).post("me/password", current=PASSWORD, password="a brand new one"),
}


@pytest.mark.parametrize("end", ENDS)
def test_the_token_of_a_login_that_has_ended_is_false_at_once(mina_app: App, mina: Member, end: str) -> None:
    access = session_of(mina_app).access
    assert verify_token(access) == GOOD
    with TestCase.captureOnCommitCallbacks(execute=True):
        ENDS[end](mina)
    assert verify_token(access) == FALSE
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert verify_token(access) == FALSE
        with pytest.raises(LoggedOut):
            mina_app.start()


def test_a_suspension_that_is_over_does_not_bring_the_login_back(mina_app: App, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    mina.lift()
    assert verify_token(session_of(mina_app).access) == FALSE


def test_no_method_and_no_query_leads_to_another_code(mina_app: App) -> None:
    client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {session_of(mina_app).access}"})
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = client.generic(method, "/auth/verifyAccessToken", b"x", "text/plain")
        assert answer.json()["code"] == "GLOBAL_103"
    assert client.get("/auth/verifyAccessToken?member_id=1").json()["code"] == "GLOBAL_103"


def test_neither_starting_nor_renewing_nor_logging_out_ever_waits(mina_app: App, settings: Settings) -> None:
    settings.THROTTLE_RATES = dict.fromkeys(settings.THROTTLE_RATES, "1/minute")
    for _ in range(3):
        mina_app.start()
        mina_app._keep(mina_app.send(mina_app._renewal(session_of(mina_app)), "", 10.0))
        assert verify_token("nonsense") == FALSE
    mina_app.logout()
