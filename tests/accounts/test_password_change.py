"""Change of a known password, which ends all other sessions."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from pytest_django import Settings

from accounts.models import Member, SecurityEvent
from tests.accounts.conftest import AtOnce
from tests.accounts.hashers import InterruptedHasher
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, subjects
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
NEW = "a brand new password by the sea"


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def change(phone: Phone, current: str = PASSWORD, password: str = NEW) -> Any:
    return phone.post("me/password", current=current, password=password)


def test_a_password_change_ends_all_other_sessions(phone: Phone, mina: Member, jun: Member) -> None:
    tablet, other = Phone.of(mina), Phone.of(jun)
    assert change(phone).status_code == 204
    assert [one.get("me").status_code for one in (phone, tablet, other)] == [200, 401, 200]
    assert phone.refresh().status_code == 200
    assert code_of(tablet.refresh()) == "session_ended"


def test_login_works_with_the_new_password_only(phone: Phone, mina: Member) -> None:
    change(phone)
    assert Phone().log_in(mina.email).status_code == 401
    assert Phone().log_in(mina.email, NEW).status_code == 201


def test_a_wrong_current_password_changes_nothing_and_is_counted(phone: Phone, mina: Member) -> None:
    answers = [change(phone, current="wrong") for _ in range(11)]
    assert [code_of(answer) for answer in answers] == ["password_wrong"] * 10 + ["too_many_guesses"]
    assert code_of(change(phone)) == "too_many_guesses"
    assert Phone().log_in(mina.email).status_code == 201


@pytest.mark.parametrize(
    ("password", "code"), [("short", "password_too_short"), ("mina@example.com", "password_too_similar")]
)
def test_a_refused_new_password_ends_no_session(phone: Phone, mina: Member, password: str, code: str) -> None:
    tablet = Phone.of(mina)
    assert [error["code"] for error in change(phone, password=password).json()["errors"]] == [code]
    assert tablet.get("me").status_code == 200
    assert not SecurityEvent.objects.exists()


def test_a_password_change_sends_an_email(
    phone: Phone, mina: Member, run_jobs: Callable[[], None], mailoutbox: SentEmails
) -> None:
    change(phone)
    run_jobs()
    assert subjects(mailoutbox, mina.email) == ["Your password was changed"]


def test_of_two_changes_of_one_password_the_first_counts(phone: Phone, mina: Member, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.InterruptedHasher"]
    tablet = Phone.of(mina)
    InterruptedHasher.meanwhile.append(lambda: change(tablet, password="the first password by the sea"))
    assert code_of(change(phone)) == "password_wrong"
    assert Phone().log_in(mina.email, "the first password by the sea").status_code == 201


def test_a_concurrent_login_leaves_no_session_of_the_old_password(at_once: AtOnce, mina: Member) -> None:
    phone = Phone.of(mina)
    for number in range(4):
        old, new = (f"a password by the sea {n}" for n in (number, number + 1))
        mina.update(password=make_password(old))
        at_once([partial(change, phone, old, new), partial(Phone().log_in, mina.email, old)])
        assert [session.pk for session in mina.sessions.live()] == [int(phone.pair["session_id"])]
