"""Verification codes that prove an e-mail address."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMultiAlternatives
from django.utils import timezone
from pytest_django import Settings

from accounts.jobs import mail_code
from accounts.models import Member, VerificationCode
from accounts.models.sent_code import ALPHABET, LENGTH
from libs.outbox.models import Job
from tests.accounts.conftest import AtOnce, CodeFor, code_in
from tests.accounts.phone import Phone, code_of, comparable
from tests.accounts.tables import columns_containing

pytestmark = pytest.mark.django_db
NEW = "new@example.com"
SentEmails = list[EmailMultiAlternatives]


def confirm(code: str, email: str = NEW) -> Any:
    return Phone().post("verification-codes/confirm", email=email, code=code)


def test_a_code_is_requested_sent_and_confirmed(code_for: CodeFor) -> None:
    answer = confirm(code_for(NEW))
    assert answer.status_code == 200
    assert answer.json().keys() == {"proof", "expires_at"}


def test_known_and_unknown_addresses_get_the_same_response(phone: Phone, mina: Member) -> None:
    known, unknown = (phone.post("verification-codes", email=email) for email in (mina.email, NEW))
    assert comparable(known) == comparable(unknown)
    assert known.status_code == 202


def test_a_members_email_holds_no_code_and_says_sign_in(
    code_for: CodeFor, mina: Member, mailoutbox: SentEmails
) -> None:
    assert code_for(mina.email) == ""
    assert mailoutbox[-1].to == [mina.email]
    assert "Log in with your password" in str(mailoutbox[-1].body)


def test_a_suspended_members_email_is_that_of_any_member(code_for: CodeFor, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=3))
    assert code_for(mina.email) == ""


def test_a_withdrawn_members_email_offers_return_and_code(
    code_for: CodeFor, mina: Member, mailoutbox: SentEmails
) -> None:
    mina.withdraw()
    assert confirm(code_for(mina.email), mina.email).status_code == 200
    assert "To get everything back, log in" in str(mailoutbox[-1].body)


def test_when_the_days_of_grace_are_over_the_email_promises_no_return(
    code_for: CodeFor, mina: Member, mailoutbox: SentEmails, settings: Settings
) -> None:
    mina.withdraw()
    with time_machine.travel(timezone.now() + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)):
        assert code_for(mina.email)
    assert "log in" not in str(mailoutbox[-1].body)


def test_four_wrong_guesses_leave_the_code_valid(code_for: CodeFor) -> None:
    code = code_for(NEW)
    assert {code_of(confirm("xxxxxxxx")) for _ in range(4)} == {"code_incorrect"}
    assert confirm(code).status_code == 200


def test_five_wrong_guesses_use_up_even_the_right_code(code_for: CodeFor) -> None:
    code = code_for(NEW)
    assert [code_of(confirm("xxxxxxxx")) for _ in range(6)] == ["code_incorrect"] * 5 + ["code_used_up"]
    assert code_of(confirm(code)) == "code_used_up"
    assert list((VerificationCode.objects.get(email=NEW).guesses_by or {}).values()) == [5]


def test_concurrent_guesses_are_never_more_than_five(at_once: AtOnce, code_for: CodeFor) -> None:
    code = code_for(NEW)
    answers = at_once([lambda: confirm("xxxxxxxx")] * 12)
    assert sorted(map(code_of, answers)) == ["code_incorrect"] * 5 + ["code_used_up"] * 7
    assert code_of(confirm(code)) == "code_used_up"


@pytest.mark.parametrize(("seconds", "code"), [(299, ""), (300, "code_expired"), (3_000, "code_expired")])
def test_a_code_expires_five_minutes_after_sending(code_for: CodeFor, seconds: int, code: str) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        drawn = code_for(NEW)
        clock.shift(seconds)
        assert code_of(confirm(drawn)) == code


def test_the_life_of_a_code_counts_from_the_email_and_not_from_the_asking(
    phone: Phone, run_jobs: Callable[[], None], mailoutbox: SentEmails
) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        phone.post("verification-codes", email=NEW)
        clock.shift(600)
        run_jobs()
        clock.shift(299)
        assert confirm(code_in(mailoutbox[-1])).status_code == 200


def test_a_confirmed_code_can_be_confirmed_again_until_it_expires(code_for: CodeFor) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = code_for(NEW)
        assert confirm(code).status_code == 200
        clock.shift(299)
        assert confirm(code).status_code == 200
        clock.shift(1)
        assert code_of(confirm(code)) == "code_expired"


def test_a_new_request_resets_the_guesses(code_for: CodeFor) -> None:
    code_for(NEW)
    for _ in range(5):
        confirm("xxxxxxxx")
    assert confirm(code_for(NEW)).status_code == 200


@pytest.mark.parametrize("requests", [1, 2, 4])
def test_a_code_works_until_it_expires_whatever_is_requested_afterwards(code_for: CodeFor, requests: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        first = code_for(NEW)
        clock.shift(200)
        others = [code_for(NEW) for _ in range(requests)]
        assert {confirm(code).status_code for code in (first, *others)} == {200}
        clock.shift(100)
        assert code_of(confirm(first)) == "code_expired"
        assert confirm(others[0]).status_code == 200


def test_expired_codes_are_not_stored_when_a_new_one_is_sent(code_for: CodeFor) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(3):
            code_for(NEW)
            clock.shift(299)
    assert len(VerificationCode.objects.get(email=NEW).earlier or []) == 1


def test_the_old_code_is_good_until_the_new_email_is_sent(code_for: CodeFor, phone: Phone) -> None:
    code = code_for(NEW)
    phone.post("verification-codes", email=NEW)
    assert confirm(code).status_code == 200


def test_an_email_that_is_sent_again_has_a_new_code_and_the_first_works(
    code_for: CodeFor, mailoutbox: SentEmails
) -> None:
    first = code_for(NEW)
    mail_code(Job.objects.get().payload)
    assert code_in(mailoutbox[-1]) != first
    assert confirm(first).status_code == 200
    assert confirm(code_in(mailoutbox[-1])).status_code == 200


def test_codes_sent_at_the_same_moment_are_all_valid(at_once: AtOnce, phone: Phone, mailoutbox: SentEmails) -> None:
    phone.post("verification-codes", email=NEW)
    at_once([partial(mail_code, Job.objects.get().payload)] * 4)
    assert [confirm(code_in(message)).status_code for message in mailoutbox] == [200] * 4


def test_neither_the_job_nor_any_table_stores_the_code(code_for: CodeFor) -> None:
    code = code_for(NEW)
    assert Job.objects.get().payload.keys() == {"code_id", "requested_at"}
    assert columns_containing(code) == []


def test_a_job_whose_code_was_used_meanwhile_sends_nothing(mailoutbox: SentEmails) -> None:
    mail_code({"code_id": 4711})
    assert mailoutbox == []


def test_guesses_for_known_and_unknown_addresses_are_answered_alike(code_for: CodeFor, mina: Member) -> None:
    code_for(mina.email), code_for(NEW)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(7):
            member, stranger = (comparable(confirm("xxxxxxxx", email)) for email in (mina.email, NEW))
            assert member == stranger
            clock.shift(60)


@pytest.mark.parametrize(
    "retype",
    [
        str.lower,
        str.capitalize,
        lambda code: f" {code[:4]} {code[4:]}\n",
        lambda code: f"{code[:4]}-{code[4:]}".lower(),
        lambda code: f"{code[:4]}\u00a0{code[4:]}\u200b",
        lambda code: "".join(chr(ord(letter) + 0xFEE0) for letter in code),
    ],
    ids=["lower", "capitalized", "spaces", "hyphen", "invisible", "full width"],
)
def test_a_code_is_right_however_a_keyboard_writes_it(code_for: CodeFor, retype: Callable[[str], str]) -> None:
    assert code_of(confirm(retype(code_for(NEW)))) == ""


def test_no_code_has_characters_that_look_alike_in_capitals_or_small(code_for: CodeFor) -> None:
    assert len(ALPHABET) ** LENGTH > 2**20, "ASVS 6.5.4"
    assert not set(ALPHABET + ALPHABET.lower()) & set("0Oo1Il|5S2Z8B6GUuAaEe")
    assert set(code_for(NEW)) <= set(ALPHABET)


def test_an_address_is_the_same_however_it_is_typed(code_for: CodeFor) -> None:
    assert confirm(code_for("New@Example.COM"), "NEW@example.com").status_code == 200
    assert VerificationCode.objects.get().email == NEW


def test_an_address_that_grows_when_it_is_normalised_is_refused(phone: Phone) -> None:
    label = "\u3392" * 20  # One character that NFKC writes as three: MHz.
    answer = phone.post("verification-codes", email="a@" + f"{label}." * 11 + "com")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "email")


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "a b@example.com", "a@example.com\nBcc: b@example.com", None, 5]
)
def test_an_invalid_address_is_refused_for_a_code(phone: Phone, email: Any) -> None:
    assert phone.post("verification-codes", email=email).status_code == 400
    assert not Job.objects.exists()


def test_one_address_gets_five_emails_an_hour_whoever_it_is(mina: Member) -> None:
    for email in (mina.email, NEW):
        responses = [Phone(f"198.51.100.{n}").post("verification-codes", email=email) for n in range(6)]
        assert [answer.status_code for answer in responses] == [202] * 5 + [429]
        assert 0 < int(responses[-1]["Retry-After"]) <= 3_600


def test_an_unknown_field_of_a_code_request_is_refused(phone: Phone) -> None:
    assert code_of(phone.post("verification-codes", email=NEW, purpose="reset")) == "unknown_field"


def test_concurrent_requests_make_one_code(at_once: AtOnce) -> None:
    answers = at_once([lambda: Phone().post("verification-codes", email=NEW)] * 4)
    assert [answer.status_code for answer in answers] == [202] * 4
    assert VerificationCode.objects.count() == 1
