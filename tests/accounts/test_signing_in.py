"""E-mail and password open an account; wrong ones tell nothing and are counted."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import LoginSession, Member, PasswordGuess
from tests.accounts.conftest import AtOnce
from tests.accounts.hashers import CountedArgon2
from tests.accounts.phone import Phone, code_of, told
from tests.accounts.tables import rows_holding
from tests.factories import PASSWORD, MemberFactory

pytestmark = pytest.mark.django_db
AT_ONCE = 50


def guess(email: str, password: str = "wrong wrong wrong", address: str = "192.0.2.9") -> Any:
    return Phone(address).post("sessions", email=email, password=password)


def test_signing_in_gives_a_pair_and_a_session(phone: Phone, mina: Member) -> None:
    answer = phone.sign_in(mina.email, device="Mina's phone")
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "no-store"
    session = mina.sessions.get()
    assert (str(session.pk), session.device, session.network) == (
        phone.pair["session_id"],
        "Mina's phone",
        "192.0.2.0/24",
    )
    assert phone.get("me").json()["email"] == mina.email


def test_the_address_is_the_same_however_it_is_typed(phone: Phone, mina: Member) -> None:
    for typed in ("MINA@example.com", " mina@example.com ", "ｍｉｎａ@example.com"):
        assert phone.sign_in(typed).status_code == 201


def test_refusals_are_alike_whatever_the_reason(mina: Member, jun: Member, settings: Settings) -> None:
    gone = MemberFactory.create()
    mina.suspend(timezone.now() + timedelta(days=1))
    gone.withdraw()
    with time_machine.travel(timezone.now() + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)):
        mina.suspend(timezone.now() + timedelta(days=1))
        unknown = told(guess("nobody@example.com", PASSWORD))
        assert (
            told(guess(jun.email)) == told(guess(mina.email, PASSWORD)) == told(guess(gone.email, PASSWORD)) == unknown
        )
    assert (unknown[0], unknown[1]["code"]) == (401, "credentials_wrong")


def test_every_refusal_costs_exactly_one_run_of_the_hash(settings: Settings) -> None:
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


def test_ten_wrong_passwords_from_one_network_make_the_right_one_wait(mina: Member) -> None:
    assert [code_of(guess(mina.email)) for _ in range(11)] == ["credentials_wrong"] * 10 + ["too_many_guesses"]
    answer = guess(mina.email, PASSWORD)
    assert (answer.status_code, code_of(answer)) == (429, "too_many_guesses")
    assert 0 < int(answer["Retry-After"]) <= 900


def test_an_address_that_nobody_has_is_counted_alike() -> None:
    assert [code_of(guess("nobody@example.com")) for _ in range(11)][-2:] == ["credentials_wrong", "too_many_guesses"]


def test_after_the_wait_the_right_password_opens(mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(10):
            guess(mina.email)
        wait = int(guess(mina.email, PASSWORD)["Retry-After"])
        clock.shift(wait - 1)
        assert guess(mina.email, PASSWORD).status_code == 429
        clock.shift(2)
        assert guess(mina.email, PASSWORD).status_code == 201


def test_guessing_from_elsewhere_does_not_lock_the_owner_out(mina: Member, phone: Phone) -> None:
    for _ in range(12):
        guess(mina.email, address="198.51.100.7")
    assert phone.sign_in(mina.email).status_code == 201


def test_guessing_from_many_networks_ends_at_the_higher_bound(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 6
    answers = [guess(mina.email, address=f"198.51.100.{number}") for number in range(8)]
    assert [answer.status_code for answer in answers] == [401] * 6 + [429] * 2


def test_a_phone_that_is_signed_in_goes_on_while_others_guess(mina: Member, settings: Settings) -> None:
    settings.PASSWORD_GUESSES_TOTAL = 1
    phone = Phone.of(mina)
    assert [guess(mina.email).status_code for _ in range(3)] == [401, 429, 429]
    assert phone.get("me").status_code == 200
    assert phone.keep(phone.refresh()).status_code == 200


def test_the_right_password_forgives_the_wrong_ones(mina: Member) -> None:
    for _ in range(3):
        assert [guess(mina.email).status_code for _ in range(9)] == [401] * 9
        assert guess(mina.email, PASSWORD).status_code == 201


def test_a_suspended_members_right_password_counts_like_a_wrong_one(mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    answers = [guess(mina.email, PASSWORD if number == 5 else "wrong") for number in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


def test_fifty_guesses_at_the_same_moment_are_ten_that_were_looked_at(at_once: AtOnce, mina: Member) -> None:
    answers = at_once([lambda: guess(mina.email)] * AT_ONCE)
    assert sorted(map(code_of, answers)) == ["credentials_wrong"] * 10 + ["too_many_guesses"] * (AT_ONCE - 10)
    assert max(PasswordGuess.objects.values_list("wrong", flat=True)) == 10


def test_right_passwords_at_the_same_moment_never_wait_for_each_other(at_once: AtOnce, mina: Member) -> None:
    for _ in range(4):
        answers = at_once([lambda: guess(mina.email, PASSWORD)] * 8)
        assert [answer.status_code for answer in answers] == [201] * 8


def test_the_counters_name_neither_member_nor_network(mina: Member) -> None:
    guess(mina.email)
    assert PasswordGuess.objects.count() == 2
    assert [found for found in rows_holding(mina.email, "192.0.2.9") if "guess" in found] == []


def test_signing_in_within_the_days_of_grace_undoes_a_withdrawal(mina: Member, jun: Member, phone: Phone) -> None:
    mina.withdraw()
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 404
    assert phone.sign_in(mina.email).status_code == 201
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 200


def test_a_wrong_password_brings_no_withdrawn_member_back(mina: Member) -> None:
    mina.withdraw()
    assert guess(mina.email).status_code == 401
    mina.refresh_from_db()
    assert mina.withdrawn_at


def test_a_member_suspended_after_withdrawing_does_not_come_back(mina: Member) -> None:
    mina.withdraw()
    mina.suspend(timezone.now() + timedelta(days=1))
    assert guess(mina.email, PASSWORD).status_code == 401


def test_the_admins_door_counts_the_same_guesses(sora: Member, client: Client) -> None:
    form = {"username": sora.email, "password": "wrong"}
    for _ in range(5):
        client.post("/admin/login/", form, REMOTE_ADDR="192.0.2.9")
        guess(sora.email)
    assert guess(sora.email, PASSWORD).status_code == 429
    client.post("/admin/login/", form | {"password": PASSWORD}, REMOTE_ADDR="192.0.2.9")
    assert "_auth_user_id" not in client.session


def test_the_admins_door_opens_for_the_right_password(sora: Member, client: Client) -> None:
    client.post("/admin/login/?next=/admin/", {"username": "Sora@Example.com", "password": PASSWORD})
    assert client.get("/admin/").status_code == 200
    sora.suspend(timezone.now() + timedelta(days=1))
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "change", [{"email": None}, {"password": ["a"]}, {"password": "a\x00b"}, {"email": "\ud800"}, {"is_staff": 1}]
)
def test_a_body_that_makes_no_sense_is_refused_and_opens_nothing(
    phone: Phone, mina: Member, change: dict[str, Any]
) -> None:
    answer = phone.post("sessions", **{"email": mina.email, "password": PASSWORD} | change)
    assert answer.status_code == 400
    assert not LoginSession.objects.exists()


def test_a_stale_token_does_not_stand_in_the_way_of_signing_in(mina: Member, phone: Phone) -> None:
    phone.pair = {"access": "stale"}
    assert phone.sign_in(mina.email).status_code == 201


def test_one_address_signs_in_sixty_times_a_minute() -> None:
    answers = [Phone().post("sessions", email=f"{number}@example.com", password="x") for number in range(61)]
    assert [answer.status_code for answer in answers] == [401] * 60 + [429]
    assert code_of(answers[-1]) != "too_many_guesses"
    assert int(answers[-1]["Retry-After"]) <= 60
