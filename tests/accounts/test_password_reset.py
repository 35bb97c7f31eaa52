"""Reset of a forgotten password by a code."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, SecurityEvent, VerificationCode
from libs.outbox.models import Job
from tests.accounts.conftest import AtOnce, CodeFor
from tests.accounts.hashers import CountedArgon2
from tests.accounts.phone import Phone, code_of, comparable
from tests.accounts.sent_emails import SentEmails, last_code, subjects
from tests.accounts.tables import columns_containing

pytestmark = pytest.mark.django_db
PASSWORD = "a brand new password by the sea"
RunJobs = Callable[[], None]


@pytest.fixture
def reset_code(run_jobs: RunJobs, mailoutbox: SentEmails) -> CodeFor:
    """Asks for a code as somebody does who forgot; "" when no e-mail with one came."""

    def ask(email: str) -> str:
        assert Phone().post("password-resets", email=email).status_code == 202
        mailoutbox.clear()
        run_jobs()
        return last_code(mailoutbox, email)

    return ask


def reset(email: str, code: str, password: str = PASSWORD) -> Any:
    return Phone().post("password-resets/confirm", email=email, code=code, password=password)


def test_login_works_with_the_reset_password_and_not_with_the_old(reset_code: CodeFor, mina: Member) -> None:
    assert reset(mina.email, reset_code(mina.email)).status_code == 204
    assert code_of(Phone().log_in(mina.email)) == "credentials_wrong"
    assert Phone().log_in(mina.email, PASSWORD).status_code == 201


def test_a_reset_ends_every_session_at_once(reset_code: CodeFor, mina: Member) -> None:
    phone, tablet = Phone.of(mina), Phone.of(mina)
    assert phone.get("me").status_code == tablet.get("me").status_code == 200
    reset(mina.email, reset_code(mina.email))
    assert [code_of(one.get("me")) for one in (phone, tablet)] == ["session_ended"] * 2
    assert code_of(tablet.refresh()) == "session_ended"


def test_every_address_gets_the_same_reset_response(mina: Member, jun: Member, sora: Member) -> None:
    jun.suspend(timezone.now() + timedelta(days=1))
    sora.withdraw()
    emails = (mina.email, jun.email, sora.email, "nobody@example.com")
    responses = [comparable(Phone().post("password-resets", email=email)) for email in emails]
    guessed = [comparable(reset(email, "xxxxxxxx")) for email in emails]
    assert responses == [responses[0]] * 4
    assert guessed == [guessed[0]] * 4
    assert VerificationCode.objects.count() == 4


def test_only_who_may_sign_in_gets_a_email(
    reset_code: CodeFor, mina: Member, jun: Member, sora: Member, mailoutbox: SentEmails, settings: Settings
) -> None:
    days = settings.WITHDRAWAL_GRACE_DAYS
    jun.suspend(timezone.now() + timedelta(days=1))
    jun.withdraw()
    sora.update(withdrawn_at=timezone.now() - timedelta(days=days))
    mina.suspend(timezone.now() + timedelta(days=1))
    assert [reset_code(email) for email in (mina.email, jun.email, sora.email, "nobody@example.com")] == [""] * 4
    assert mailoutbox == []


def test_a_withdrawn_member_can_reset_the_password_and_return(reset_code: CodeFor, mina: Member, jun: Member) -> None:
    mina.withdraw()
    assert reset(mina.email, reset_code(mina.email)).status_code == 204
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 404, "a reset alone restores nothing"
    assert code_of(Phone().log_in(mina.email)) == "credentials_wrong"
    assert Phone().log_in(mina.email, PASSWORD).status_code == 201
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 200


def test_a_reset_does_not_extend_the_grace_period(reset_code: CodeFor, mina: Member, settings: Settings) -> None:
    mina.withdraw()
    code = reset_code(mina.email)
    mina.update(withdrawn_at=timezone.now() - timedelta(days=settings.WITHDRAWAL_GRACE_DAYS))
    assert code_of(reset(mina.email, code)) == "code_incorrect"
    assert Member.objects.get(pk=mina.pk).password == mina.password


def test_who_was_suspended_since_the_email_resets_nothing(reset_code: CodeFor, mina: Member) -> None:
    code = reset_code(mina.email)
    mina.suspend(timezone.now() + timedelta(days=1))
    assert code_of(reset(mina.email, code)) == "code_incorrect"
    assert Member.objects.get(pk=mina.pk).password == mina.password


def test_a_reset_code_works_only_once(reset_code: CodeFor, mina: Member) -> None:
    code = reset_code(mina.email)
    reset(mina.email, code)
    assert code_of(reset(mina.email, code, "yet another password")) == "code_incorrect"
    assert Phone().log_in(mina.email, PASSWORD).status_code == 201


def test_a_reset_code_used_concurrently_works_once(at_once: AtOnce, reset_code: CodeFor, mina: Member) -> None:
    code = reset_code(mina.email)
    answers = at_once([partial(reset, mina.email, code, f"a password by the sea {n}") for n in range(4)])
    assert sorted(map(code_of, answers)) == ["", *["code_incorrect"] * 3]
    assert SecurityEvent.objects.count() == 1


def test_five_wrong_guesses_use_up_the_reset_code(reset_code: CodeFor, mina: Member) -> None:
    code = reset_code(mina.email)
    assert [code_of(reset(mina.email, "xxxxxxxx")) for _ in range(5)] == ["code_incorrect"] * 5
    assert code_of(reset(mina.email, code)) == "code_used_up"


def test_a_reset_code_expires_after_five_minutes(reset_code: CodeFor, mina: Member) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        code = reset_code(mina.email)
        clock.shift(300)
        assert code_of(reset(mina.email, code)) == "code_expired"


def test_a_refused_password_leaves_the_reset_code_valid(reset_code: CodeFor, mina: Member) -> None:
    code = reset_code(mina.email)
    answer = reset(mina.email, code, "short")
    assert [error["code"] for error in answer.json()["errors"]] == ["password_too_short"]
    assert reset(mina.email, code).status_code == 204


def test_the_longer_minimum_for_staff_applies_to_resets(reset_code: CodeFor, sora: Member) -> None:
    answer = reset(sora.email, reset_code(sora.email), "12 by the sea")
    assert [error["code"] for error in answer.json()["errors"]] == ["password_too_short"]


def test_sign_up_and_reset_codes_are_not_interchangeable(code_for: CodeFor, reset_code: CodeFor, mina: Member) -> None:
    joining = code_for("new@example.com")
    assert code_of(reset("new@example.com", joining)) == "code_incorrect"
    resetting = reset_code(mina.email)
    answer = Phone().post("verification-codes/confirm", email=mina.email, code=resetting)
    assert code_of(answer) == "code_incorrect"


def test_a_code_of_another_address_resets_nothing(reset_code: CodeFor, mina: Member, jun: Member) -> None:
    reset_code(mina.email)
    assert code_of(reset(mina.email, reset_code(jun.email))) == "code_incorrect"


def test_a_reset_clears_the_counters_of_wrong_passwords(reset_code: CodeFor, mina: Member) -> None:
    answers = [Phone().log_in(mina.email, "forgotten") for _ in range(11)]
    assert code_of(answers[-1]) == "too_many_guesses"
    reset(mina.email, reset_code(mina.email))
    assert Phone().log_in(mina.email, PASSWORD).status_code == 201


def test_a_reset_sends_an_email_and_no_table_stores_the_code(
    reset_code: CodeFor, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    code = reset_code(mina.email)
    reset(mina.email, code)
    run_jobs()
    assert subjects(mailoutbox, mina.email)[-1] == "Your password was changed"
    assert SecurityEvent.objects.get().kind == SecurityEvent.PASSWORD_RESET
    assert columns_containing(code) == []
    assert mina.email not in str(list(Job.objects.values_list("payload", flat=True)))


def test_requests_of_other_codes_use_up_no_reset(mina: Member) -> None:
    phone = Phone()
    statuses = [phone.post("verification-codes", email=mina.email).status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]
    assert [phone.post("password-resets", email=mina.email).status_code for _ in range(6)] == [202] * 5 + [429]


def test_a_reset_to_a_refused_password_hashes_nothing(reset_code: CodeFor, mina: Member, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountedArgon2"]
    code = reset_code(mina.email)
    CountedArgon2.runs.clear()
    assert (reset(mina.email, code, "short").status_code, CountedArgon2.runs) == (400, [])
    assert reset(mina.email, code).status_code == 204
