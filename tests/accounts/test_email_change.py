"""Change of the e-mail address: proved by a code, notified at both addresses."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, SecurityEvent, VerificationCode
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.accounts.conftest import AtOnce, CodeFor
from tests.accounts.phone import Phone, code_of, comparable
from tests.accounts.sent_emails import SentEmails, last_code, subjects
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "mina@example.org"
RunJobs = Callable[[], None]
Asked = Callable[[Phone, str], str]


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


@pytest.fixture
def move_code(run_jobs: RunJobs, mailoutbox: SentEmails) -> Asked:
    """Asks for a code to move with; "" when the e-mail has none."""

    def ask(phone: Phone, email: str) -> str:
        assert phone.post("me/email", email=email, password=PASSWORD).status_code == 202
        run_jobs()
        return last_code(mailoutbox, email)

    return ask


def confirm(phone: Phone, code: str, email: str = NEW) -> Any:
    return phone.post("me/email/confirm", email=email, code=code)


def test_login_works_with_the_new_address_and_not_with_the_former(phone: Phone, mina: Member, move_code: Asked) -> None:
    answer = confirm(phone, move_code(phone, "Mina@Example.org".lower()))
    assert (answer.status_code, answer.json()["email"]) == (200, NEW)
    assert Phone().log_in(mina.email).status_code == 401
    assert Phone().log_in(NEW).status_code == 201
    assert phone.get("me").json()["email"] == NEW


def test_nothing_changes_before_the_code_is_confirmed(phone: Phone, mina: Member, move_code: Asked) -> None:
    move_code(phone, NEW)
    assert phone.get("me").json()["email"] == mina.email
    assert code_of(confirm(phone, "xxxxxxxx")) == "code_incorrect"


def test_both_addresses_get_an_email_and_the_former_is_deleted(
    phone: Phone, mina: Member, move_code: Asked, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    confirm(phone, move_code(phone, NEW))
    run_jobs()
    assert subjects(mailoutbox, mina.email) == ["Your e-mail address was changed"]
    assert subjects(mailoutbox, NEW)[-1] == "Your e-mail address was changed"
    event = SecurityEvent.objects.get()
    assert (event.kind, event.former_email) == (SecurityEvent.EMAIL_CHANGED, "")
    assert "@" not in str(list(Job.objects.values_list("payload", flat=True)))


class LastEmailBackend(EmailBackend):
    """Sends to `mailoutbox`, and then takes the security events away."""

    def send_messages(self, messages: Any) -> int:
        sent = super().send_messages(messages)
        rename("accounts_securityevent", "securityevent_away")
        return sent


def rename(table: str, to: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO {to}")


@pytest.mark.django_db(transaction=True)
def test_the_former_address_gets_one_email_though_the_database_fails_after_it(
    mina: Member, settings: Settings, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    with transaction.atomic():
        SecurityEvent.objects.record_and_notify(mina, SecurityEvent.EMAIL_CHANGED, former_email="former@example.com")
    settings.EMAIL_BACKEND = f"{__name__}.LastEmailBackend"
    Worker(["accounts.mail_former_address"]).step()
    rename("securityevent_away", "accounts_securityevent")
    settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.EmailBackend"
    Job.objects.update(run_at=timezone.now())
    run_jobs()
    assert subjects(mailoutbox, "former@example.com") == ["Your e-mail address was changed"]
    assert Job.objects.get(kind="accounts.mail_former_address").state == "abandoned"


def test_a_wrong_password_sends_no_email(phone: Phone) -> None:
    assert code_of(phone.post("me/email", email=NEW, password="wrong")) == "password_wrong"
    assert not VerificationCode.objects.exists()


def test_an_address_of_another_member_gets_the_same_response_as_a_free_one(
    phone: Phone, jun: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    responses = [phone.post("me/email", email=email, password=PASSWORD) for email in (jun.email, NEW)]
    run_jobs()
    assert comparable(responses[0]) == comparable(responses[1])
    assert comparable(confirm(phone, "xxxxxxxx", jun.email)) == comparable(confirm(phone, "xxxxxxxx"))
    assert subjects(mailoutbox, jun.email) == ["This e-mail address already belongs to a Heart to Heart account"]
    assert last_code(mailoutbox, jun.email) == ""


def test_an_address_taken_since_the_email_is_told_to_who_proved_it(
    phone: Phone, mina: Member, jun: Member, move_code: Asked
) -> None:
    code = move_code(phone, NEW)
    Member.objects.filter(pk=jun.pk).update(email=NEW)
    assert code_of(confirm(phone, "xxxxxxxx")) == "code_incorrect"
    answer = confirm(phone, code)
    assert (answer.status_code, code_of(answer)) == (409, "email_taken")
    assert Member.objects.get(pk=mina.pk).email == mina.email
    assert not SecurityEvent.objects.exists()


def test_two_members_who_change_to_one_address_concurrently_do_not_share_it(
    at_once: AtOnce, mina: Member, jun: Member, move_code: Asked
) -> None:
    phones = [Phone.of(mina), Phone.of(jun)]
    codes = [move_code(phone, NEW) for phone in phones]
    answers = at_once([partial(confirm, phone, code) for phone, code in zip(phones, codes, strict=True)])
    assert sorted(map(code_of, answers)) == ["", "email_taken"]
    assert Member.objects.filter(email=NEW).count() == 1


def test_a_sign_up_and_a_change_to_one_address_at_once_do_not_share_it(
    at_once: AtOnce, phone: Phone, move_code: Asked, proof_for: CodeFor
) -> None:
    profile = {"password": PASSWORD, "name": "Han Nari", "nickname": "Nari", "terms_version": "2026-11-01"}
    for number in range(4):
        email = f"new{number}@example.org"
        code, proof = move_code(phone, email), proof_for(email)
        answers = at_once(
            [partial(confirm, phone, code, email), partial(Phone().post, "members", proof=proof, **profile)]
        )
        assert sorted(map(code_of, answers)) == ["", "email_taken"]
        assert Member.objects.filter(email=email).count() == 1


def test_the_code_of_one_member_changes_no_other_address(phone: Phone, jun: Member, move_code: Asked) -> None:
    code, other = move_code(phone, NEW), Phone.of(jun)
    assert code_of(confirm(other, code)) == "code_incorrect"
    move_code(other, NEW)
    assert code_of(confirm(other, code)) == "code_incorrect"
    assert confirm(phone, code).status_code == 200


def test_the_code_of_one_address_does_not_prove_another(phone: Phone, jun: Member, move_code: Asked) -> None:
    code = move_code(phone, NEW)
    phone.post("me/email", email=jun.email, password=PASSWORD)
    assert code_of(confirm(phone, code, jun.email)) == "code_incorrect"


def test_codes_for_other_purposes_change_no_address(phone: Phone, code_for: CodeFor) -> None:
    assert code_of(confirm(phone, code_for(NEW))) == "code_incorrect"


def test_a_code_for_an_email_change_has_no_other_purpose(phone: Phone, mina: Member, move_code: Asked) -> None:
    code = move_code(phone, NEW)
    assert code_of(Phone().post("verification-codes/confirm", email=NEW, code=code)) == "code_incorrect"
    assert code_of(phone.post("me/withdrawal", code=code)) == "code_incorrect"
    resetting = {"email": NEW, "code": code, "password": "a brand new password by the sea"}
    assert code_of(Phone().post("password-resets/confirm", **resetting)) == "code_incorrect"


def test_codes_sent_to_the_former_address_become_invalid(
    phone: Phone, mina: Member, move_code: Asked, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    Phone().post("password-resets", email=mina.email)
    run_jobs()
    resetting = last_code(mailoutbox, mina.email)
    confirm(phone, move_code(phone, NEW))
    answer = Phone().post("password-resets/confirm", email=mina.email, code=resetting, password="by the sea again")
    assert code_of(answer) == "code_incorrect"


def test_wrong_guesses_use_up_the_code_of_an_email_change(phone: Phone, move_code: Asked) -> None:
    code = move_code(phone, NEW)
    assert [code_of(confirm(phone, "xxxxxxxx")) for _ in range(6)] == ["code_incorrect"] * 5 + ["code_used_up"]
    assert code_of(confirm(phone, code)) == "code_used_up"


def test_a_code_for_an_email_change_works_once(phone: Phone, move_code: Asked) -> None:
    code = move_code(phone, NEW)
    confirm(phone, code)
    assert code_of(confirm(phone, code)) == "code_incorrect"
