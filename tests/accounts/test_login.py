"""Login with e-mail and password, and the counters of wrong passwords."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from accounts.credentials.hashers import password_check_slot
from accounts.models import LoginSession, Member, PasswordGuess
from accounts.sessions import devices
from tests.accounts.conftest import AtOnce
from tests.accounts.hashers import CountedArgon2, InterruptedHasher
from tests.accounts.phone import Phone, code_of, comparable
from tests.accounts.tables import columns_containing
from tests.erasing import erase
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
AT_ONCE = 50


def guess(email: str, password: str = "wrong wrong wrong", address: str = "192.0.2.9") -> Any:
    return Phone(address).post("sessions", email=email, password=password)


def test_login_returns_a_token_pair_and_starts_a_session(phone: Phone, mina: Member) -> None:
    answer = phone.log_in(mina.email, device="Mina's phone")
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    session = mina.sessions.get()
    assert (str(session.pk), session.device, session.network) == (
        phone.pair["session_id"],
        "Mina's phone",
        "192.0.2.0/24",
    )
    assert phone.get("me").json()["email"] == mina.email


@pytest.mark.parametrize(("sessions", "secret", "costs"), [(0, False, 8), (20, False, 8), (20, True, 10)])
def test_a_login_takes_the_same_few_statements_each_time(mina: Member, sessions: int, secret: bool, costs: int) -> None:
    for _ in range(sessions):
        Phone.of(mina)
    body = {"email": mina.email, "password": PASSWORD}
    known = Phone().post("sessions", **body).json()["device_secret"]
    with CaptureQueriesContext(connection) as queries:
        assert Phone().post("sessions", **body | ({"device_secret": known} if secret else {})).status_code == 201
    # PostgreSQL gives some statements without their text. The transaction is a savepoint in a test.
    bounds = [str(query["sql"]) for query in queries if str(query["sql"]).startswith(("SAVEPOINT", "RELEASE"))]
    assert (len(queries) - len(bounds), len(bounds)) == (costs, 2)


def test_login_accepts_any_spelling_of_the_address(phone: Phone, mina: Member) -> None:
    for typed in ("MINA@example.com", " mina@example.com ", "ｍｉｎａ@example.com"):
        assert phone.log_in(typed).status_code == 201


def test_failed_logins_are_alike_for_every_reason(mina: Member, jun: Member, settings: Settings) -> None:
    gone = MemberFactory.create()
    mina.suspend(timezone.now() + timedelta(days=1))
    gone.withdraw()
    with time_machine.travel(timezone.now() + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)):
        mina.suspend(timezone.now() + timedelta(days=1))
        unknown = comparable(guess("nobody@example.com", PASSWORD))
        assert (
            comparable(guess(jun.email))
            == comparable(guess(mina.email, PASSWORD))
            == comparable(guess(gone.email, PASSWORD))
            == unknown
        )
    assert (unknown[0], unknown[1]["code"]) == (401, "credentials_wrong")


def test_every_failed_login_runs_the_password_hash_once(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountedArgon2"]
    standing, suspended, gone = MemberFactory.create_batch(3)
    suspended.suspend(timezone.now() + timedelta(days=1))
    gone.withdraw()
    Member.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now() - timedelta(days=400))
    tries = [
        (standing.email, "wrong"),
        (suspended.email, PASSWORD),
        (gone.email, PASSWORD),
        ("nobody@example.com", "x"),
    ]
    for email, password in tries:
        CountedArgon2.runs.clear()
        assert guess(email, password).status_code == 401
        assert len(CountedArgon2.runs) == 1


def test_a_login_compares_no_more_passwords_than_threads_can_bear(mina: Member, settings: Settings) -> None:
    settings.THREADS = 4
    with password_check_slot(by_stranger=True), password_check_slot(by_stranger=True):
        answer = guess(mina.email, PASSWORD)
        assert (answer.status_code, code_of(answer), answer["Retry-After"]) == (503, "unavailable", "2")
    # A login that was not looked at is no wrong guess.
    assert not PasswordGuess.objects.exists()
    assert guess(mina.email, PASSWORD).status_code == 201


def test_no_flood_of_logins_keeps_a_known_device_out(mina: Member, settings: Settings) -> None:
    settings.THREADS = 4
    body = {"email": mina.email, "password": PASSWORD}
    body["device_secret"] = Phone().post("sessions", **body).json()["device_secret"]
    with password_check_slot(by_stranger=True), password_check_slot(by_stranger=True):
        assert Phone().post("sessions", **body).status_code == 201
        with password_check_slot(by_stranger=False):
            assert Phone().post("sessions", **body).status_code == 503


def test_ten_wrong_passwords_from_one_network_block_the_right_one(mina: Member) -> None:
    assert [code_of(guess(mina.email)) for _ in range(11)] == ["credentials_wrong"] * 10 + ["too_many_guesses"]
    answer = guess(mina.email, PASSWORD)
    assert (answer.status_code, code_of(answer)) == (429, "too_many_guesses")
    assert 0 < int(answer["Retry-After"]) <= 900


def test_wrong_passwords_for_an_unknown_address_are_counted_too() -> None:
    assert [code_of(guess("nobody@example.com")) for _ in range(11)][-2:] == ["credentials_wrong", "too_many_guesses"]


def test_login_works_again_after_the_wait(mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            guess(mina.email)
        wait = int(guess(mina.email, PASSWORD)["Retry-After"])
        clock.shift(wait - 1)
        assert guess(mina.email, PASSWORD).status_code == 429
        clock.shift(2)
        assert guess(mina.email, PASSWORD).status_code == 201


def test_guessing_from_another_network_does_not_lock_out_the_owner(mina: Member, phone: Phone) -> None:
    for _ in range(12):
        guess(mina.email, address="198.51.100.7")
    assert phone.log_in(mina.email).status_code == 201


def test_guessing_from_many_networks_ends_at_the_total_limit(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 6
    answers = [guess(mina.email, address=f"198.51.100.{number}") for number in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 6 + [403] * 2


def test_logged_in_devices_keep_working_while_others_guess(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 1
    phone = Phone.of(mina)
    assert [guess(mina.email).status_code for _ in range(3)] == [401, 403, 403]
    assert phone.get("me").status_code == 200
    assert phone.store_tokens(phone.refresh()).status_code == 200


def test_the_right_password_resets_the_counter(mina: Member) -> None:
    for _ in range(3):
        assert [guess(mina.email).status_code for _ in range(9)] == [401] * 9
        assert guess(mina.email, PASSWORD).status_code == 201


def test_the_right_password_of_a_suspended_member_counts_as_wrong(mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    answers = [guess(mina.email, PASSWORD if number == 5 else "wrong") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


def test_a_member_suspended_while_the_password_is_compared_gets_no_counters_reset(
    mina: Member, settings: Settings
) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    InterruptedHasher.meanwhile.append(lambda: mina.suspend(timezone.now() + timedelta(days=1)))
    assert code_of(guess(mina.email, PASSWORD)) == "credentials_wrong"
    assert not mina.sessions.exists()
    assert list(PasswordGuess.objects.values_list("wrong", flat=True)) == [1, 1]


def test_of_fifty_concurrent_guesses_ten_are_checked(at_once: AtOnce, mina: Member, settings: Settings) -> None:
    settings.THREADS = 2 * AT_ONCE
    answers = at_once([lambda: guess(mina.email)] * AT_ONCE)
    assert sorted(map(code_of, answers)) == ["credentials_wrong"] * 10 + ["too_many_guesses"] * (AT_ONCE - 10)
    assert max(PasswordGuess.objects.values_list("wrong", flat=True)) == 10


def test_concurrent_logins_with_the_right_password_all_succeed(
    at_once: AtOnce, mina: Member, settings: Settings
) -> None:
    settings.THREADS = 2 * AT_ONCE
    for _ in range(4):
        answers = at_once([lambda: guess(mina.email, PASSWORD)] * 8)
        assert [answer.status_code for answer in answers] == [201] * 8


def test_the_counters_store_neither_member_nor_network(mina: Member) -> None:
    guess(mina.email)
    assert PasswordGuess.objects.count() == 2
    assert [found for found in columns_containing(mina.email, "192.0.2.9") if "guess" in found] == []


def test_login_during_the_grace_period_cancels_a_withdrawal(mina: Member, jun: Member, phone: Phone) -> None:
    mina.withdraw()
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 404
    assert phone.log_in(mina.email).status_code == 201
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 200


def test_a_failed_login_does_not_cancel_a_withdrawal(mina: Member) -> None:
    mina.withdraw()
    assert guess(mina.email).status_code == 401
    mina.refresh_from_db()
    assert mina.withdrawn_at


def test_a_suspended_member_cannot_cancel_their_withdrawal(mina: Member) -> None:
    mina.withdraw()
    mina.suspend(timezone.now() + timedelta(days=1))
    assert guess(mina.email, PASSWORD).status_code == 401


def test_a_member_erased_while_the_password_is_compared_is_unknown(mina: Member, settings: Settings) -> None:
    mina.withdraw()
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    InterruptedHasher.meanwhile.append(lambda: erase(mina))
    answer = guess(mina.email, PASSWORD)
    assert (answer.status_code, code_of(answer)) == (401, "credentials_wrong")


def test_the_admin_login_takes_a_withdrawn_member_for_a_stranger(sora: Member, client: Client) -> None:
    sora.withdraw()
    page = client.post("/admin/login/", {"username": sora.email, "password": PASSWORD})
    assert "Please enter the correct" in page.content.decode()
    assert devices.COOKIE not in client.cookies
    sora.refresh_from_db()
    assert sora.withdrawn_at


def test_the_admin_login_shares_the_counters_of_wrong_passwords(sora: Member, client: Client) -> None:
    form = {"username": sora.email, "password": "wrong"}
    for _ in range(5):
        client.post("/admin/login/", form, REMOTE_ADDR="192.0.2.9")
        guess(sora.email)
    assert guess(sora.email, PASSWORD).status_code == 429
    client.post("/admin/login/", form | {"password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    assert "_auth_user_id" not in client.session


def test_the_admin_login_accepts_the_right_password(sora: Member, client: Client) -> None:
    client.post("/admin/login/?next=/admin/", {"username": "Sora@Example.com", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    sora.suspend(timezone.now() + timedelta(days=1))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "change", [{"email": None}, {"password": ["a"]}, {"password": "a\x00b"}, {"email": "\ud800"}, {"is_staff": 1}]
)
def test_a_malformed_login_body_is_refused(phone: Phone, mina: Member, change: dict[str, Any]) -> None:
    answer = phone.post("sessions", **{"email": mina.email, "password": PASSWORD} | change)
    assert answer.status_code == 400
    assert not LoginSession.objects.exists()


def test_an_expired_token_does_not_prevent_a_login(mina: Member, phone: Phone) -> None:
    phone.pair = {"access": "stale"}
    assert phone.log_in(mina.email).status_code == 201


def test_logins_are_rate_limited_by_address() -> None:
    answers = [Phone().post("sessions", email=f"{number}@example.com", password="x") for number in range(61)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
    assert code_of(answers[-1]) != "too_many_guesses"
    assert int(answers[-1]["Retry-After"]) <= 60
