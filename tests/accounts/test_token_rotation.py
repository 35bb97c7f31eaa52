"""Rotation of refresh tokens: repetition, reuse and expiry."""

from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.models import LoginSession, Member, SecurityEvent
from accounts.sessions.tokens import LEEWAY
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import HOME, Phone, code_of
from tests.accounts.tables import columns_containing
from tests.accounts.tokens import claims

pytestmark = pytest.mark.django_db
# How often threads meet at one token, and how many of them.
ROUNDS, AT_ONCE = 25, 8


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's, logged in."""
    return Phone.of(mina)


def test_a_refresh_returns_another_pair_of_the_same_session(phone: Phone, mina: Member) -> None:
    old = dict(phone.pair)
    answer = phone.store_tokens(phone.refresh())
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert (phone.pair["session_id"], phone.pair["member_id"]) == (old["session_id"], str(mina.pk))
    assert phone.pair["refresh"] != old["refresh"]
    assert phone.get("me").status_code == 200


def test_a_repeated_refresh_returns_the_same_successor(phone: Phone) -> None:
    answers = [phone.refresh() for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert len({answer.json()["refresh"] for answer in answers}) == 1


def test_a_refresh_repeated_hours_later_has_a_fresh_access_token(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = phone.refresh().json()
        clock.shift(timedelta(hours=5))
        again = phone.store_tokens(phone.refresh()).json()
        assert again["refresh"] == first["refresh"]
        assert again["refresh_expires_at"] == first["refresh_expires_at"]
        assert datetime.fromisoformat(again["access_expires_at"]) > timezone.now()
        assert phone.get("me").status_code == 200


def test_reuse_of_a_refresh_token_ends_its_session(phone: Phone, mina: Member) -> None:
    old = phone.pair["refresh"]
    phone.store_tokens(phone.refresh())
    phone.store_tokens(phone.refresh())
    assert phone.get("me").status_code == 200
    assert code_of(phone.refresh(old)) == "session_ended"
    assert code_of(phone.get("me")) == "session_ended"
    assert code_of(phone.refresh()) == "session_ended"
    event = SecurityEvent.objects.get()
    assert (event.member, event.kind, str(event.session_id)) == (mina, "token_reused", phone.pair["session_id"])
    assert event.network == "192.0.2.0/24"


def test_reuse_is_recorded_once_and_ends_only_its_own_session(phone: Phone, mina: Member) -> None:
    other, old = Phone.of(mina), phone.pair["refresh"]
    phone.store_tokens(phone.refresh())
    phone.store_tokens(phone.refresh())
    for _ in range(3):
        phone.refresh(old)
    assert SecurityEvent.objects.count() == 1
    assert other.get("me").status_code == 200


def test_a_copied_token_cannot_be_used_beside_the_original(phone: Phone) -> None:
    thief = Phone("203.0.113.5")
    thief.pair = dict(phone.pair)
    thief.store_tokens(thief.refresh())
    thief.store_tokens(thief.refresh())
    assert code_of(phone.refresh()) == "session_ended"
    assert code_of(thief.refresh()) == "session_ended"
    assert code_of(thief.get("me")) == "session_ended"


def test_a_copied_token_used_in_step_with_the_device_is_noticed(phone: Phone, mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        thief = Phone("203.0.113.5")
        thief.pair = dict(phone.pair)
        for _ in range(3):
            for device in (phone, thief):
                assert device.store_tokens(device.refresh()).status_code == 200
                clock.shift(timedelta(minutes=20))
        event = SecurityEvent.objects.get()
        assert (event.member, event.kind, str(event.session_id)) == (mina, "token_repeated", phone.pair["session_id"])
        assert event.network == "203.0.113.0/24"
        clock.shift(timedelta(days=1))
        assert [device.refresh().status_code for device in (phone, phone, thief)] == [200] * 3
        clock.shift(timedelta(minutes=20))
        assert thief.refresh().status_code == 200
    assert SecurityEvent.objects.count() == 2


@pytest.mark.parametrize(("address", "minutes"), [(HOME, 60), ("192.0.2.77", 60), ("203.0.113.5", 2)])
def test_a_repetition_nearby_or_at_once_is_no_security_event(phone: Phone, address: str, minutes: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        phone.refresh()
        clock.shift(timedelta(minutes=minutes))
        assert Phone(address).refresh(phone.pair["refresh"]).status_code == 200
    assert not SecurityEvent.objects.exists()


def test_a_device_may_renew_from_another_network_each_time(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            travelling = Phone(f"198.51.{number}.1")
            travelling.pair = phone.pair
            assert phone.store_tokens(travelling.refresh()).status_code == 200
            clock.shift(timedelta(hours=1))
    assert not SecurityEvent.objects.exists()


def test_renewing_forty_times_leaves_a_handful_of_rows(phone: Phone) -> None:
    used = [phone.pair["refresh"]]
    for _ in range(40):
        assert phone.store_tokens(phone.refresh()).status_code == 200
        used.append(phone.pair["refresh"])
    stored = set(OutstandingToken.objects.values_list("jti", flat=True))
    assert stored == {claims(token)["jti"] for token in used[-5:]}
    assert BlacklistedToken.objects.count() == 3
    # The oldest, which has no record any more, ends the session like any other old token.
    assert code_of(phone.refresh(used[0])) == "session_ended"
    assert SecurityEvent.objects.get().kind == "token_reused"


def test_many_lost_responses_never_log_out_the_device(phone: Phone) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(30):
            for _ in range(number % 4):
                assert phone.refresh().status_code == 200
            assert phone.store_tokens(phone.refresh()).status_code == 200
            clock.shift(timedelta(days=2))
    assert not SecurityEvent.objects.exists()


def test_an_unused_session_expires_after_the_idle_days(phone: Phone, settings: Settings) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        clock.shift(timedelta(days=settings.REFRESH_TOKEN_IDLE_DAYS, seconds=-2))
        assert phone.store_tokens(phone.refresh()).status_code == 200
        clock.shift(timedelta(days=settings.REFRESH_TOKEN_IDLE_DAYS, seconds=LEEWAY))
        answer = phone.refresh()
    assert (answer.status_code, code_of(answer)) == (401, "token_expired")


def test_a_session_expires_after_its_maximum_days_even_if_used(phone: Phone, settings: Settings) -> None:
    end = LoginSession.objects.get().expires_at
    with time_machine.travel(timezone.now(), tick=False) as clock:
        while timezone.now() + timedelta(days=10) < end:
            clock.shift(timedelta(days=10))
            assert phone.store_tokens(phone.refresh()).status_code == 200
            assert datetime.fromisoformat(phone.pair["refresh_expires_at"]) <= end
        assert datetime.fromisoformat(phone.pair["refresh_expires_at"]) == end.replace(microsecond=0)
        clock.move_to(end)
        assert phone.refresh().status_code == 401
    assert end - LoginSession.objects.get().created_at <= timedelta(days=settings.LOGIN_SESSION_MAX_DAYS)


def test_an_access_token_does_not_outlive_the_end_of_its_session(mina: Member, settings: Settings) -> None:
    settings.LOGIN_SESSION_MAX_DAYS = 1
    phone = Phone.of(mina)
    end = LoginSession.objects.get().expires_at
    with time_machine.travel(end - timedelta(seconds=60), tick=False) as clock:
        assert phone.store_tokens(phone.refresh()).status_code == 200
        clock.move_to(end)
        assert code_of(phone.get("me")) == "session_ended"


@pytest.mark.parametrize("end", ["log out", "suspend", "withdraw"])
def test_an_ended_session_cannot_be_refreshed(phone: Phone, mina: Member, end: str) -> None:
    if end == "log out":
        phone.delete("sessions/current")
    elif end == "suspend":
        mina.suspend(timezone.now() + timedelta(days=1))
    else:
        mina.withdraw()
    answer = phone.refresh()
    assert (answer.status_code, code_of(answer)) == (401, "session_ended")
    assert not SecurityEvent.objects.exists()


def test_the_end_of_a_suspension_revives_no_session(phone: Phone, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    mina.lift()
    assert code_of(phone.refresh()) == "session_ended"


def test_no_table_stores_a_refresh_token(phone: Phone) -> None:
    first = phone.pair["refresh"]
    phone.store_tokens(phone.refresh())
    assert columns_containing(first, phone.pair["refresh"], phone.pair["access"]) == []
    digests = {sha256(token.encode()).hexdigest() for token in (first, phone.pair["refresh"])}
    assert set(OutstandingToken.objects.values_list("token", flat=True)) == digests


def test_the_blacklist_records_used_refresh_tokens(phone: Phone) -> None:
    first = claims(phone.pair["refresh"])["jti"]
    phone.store_tokens(phone.refresh())
    assert not BlacklistedToken.objects.exists()
    second = claims(phone.pair["refresh"])["jti"]
    phone.store_tokens(phone.refresh())
    assert [spent.token.jti for spent in BlacklistedToken.objects.all()] == [first]
    phone.delete("sessions/current")
    assert {spent.token.jti for spent in BlacklistedToken.objects.all()} >= {first, second}


def test_failed_refreshes_are_rate_limited_and_valid_ones_are_not(phone: Phone) -> None:
    answers = [Phone().refresh("nonsense") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
    assert int(answers[-1]["Retry-After"]) <= 60
    assert phone.store_tokens(phone.refresh()).status_code == 200
    assert Phone("198.51.100.1").refresh("nonsense").status_code == 401


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "x" * 2_001, None, 5, "é.é.é"])
def test_a_refresh_with_an_invalid_token_is_refused(phone: Phone, token: object) -> None:
    answer = phone.post("sessions/refresh", refresh=token)
    assert answer.status_code in (400, 401)
    assert phone.refresh().status_code == 200


def test_every_refresh_takes_the_same_number_of_queries(
    phone: Phone, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    # From the fifth time on, the record of the oldest token is deleted.
    for _ in range(6):
        with django_assert_max_num_queries(10):
            phone.store_tokens(phone.refresh())


def test_concurrent_refreshes_of_one_token_get_one_successor(at_once: AtOnce, mina: Member) -> None:
    token = Phone.of(mina).pair["refresh"]
    for _ in range(ROUNDS):
        answers = at_once([partial(_present, token)] * AT_ONCE)
        assert [answer.status_code for answer in answers] == [200] * AT_ONCE
        (token,) = {answer.json()["refresh"] for answer in answers}
    assert not SecurityEvent.objects.exists()


def test_concurrent_use_of_a_token_and_its_successor_never_forks_the_session(at_once: AtOnce, mina: Member) -> None:
    for number in range(ROUNDS):
        old = Phone.of(mina).pair["refresh"]
        new = Phone().refresh(old).json()["refresh"]
        pair = [partial(_present, token, f"198.51.100.{number}") for token in (old, new)]
        answers = at_once(pair * (AT_ONCE // 2))
        by_old, by_new = (_successors(answers[side::2]) for side in (0, 1))
        assert by_old <= {new}
        assert len(by_new) <= 1
        # A straggler with the old token, after the new one was used, is what ends a session; nothing else does.
        refused = {code_of(answer) for answer in answers} - {""}
        assert refused <= {"session_ended"}
        assert SecurityEvent.objects.filter(session_id=claims(old)["sid"]).count() == len(refused)


def _present(token: str, address: str = HOME) -> Any:
    return Phone(address).refresh(token)


def _successors(answers: list[Any]) -> set[str]:
    return {answer.json()["refresh"] for answer in answers if answer.status_code == 200}
