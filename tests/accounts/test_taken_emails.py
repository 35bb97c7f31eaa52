"""Only an address that a member has is answered as taken; other conflicts of the same request are not."""

from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import ProtectedError

from accounts import member_data_registry
from accounts.models import Member
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
FAULTS = [IntegrityError("a constraint of another table"), ProtectedError("an image is in use", set())]


@pytest.fixture(params=FAULTS, ids=["constraint", "protected"])
def failing_handler(request: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that cannot deal with an address that a member gives up."""

    def fail(member: Member, email: str) -> None:
        raise request.param

    monkeypatch.setattr(member_data_registry, "_former_email_handlers", [fail])


def join(proof: str) -> Any:
    profile = {"name": "Mina", "nickname": "Mi", "terms_version": "2026-11-01"}
    return Phone().post("members", proof=proof, password="a long password by the sea", **profile)


def test_an_address_that_signs_up_meanwhile_is_answered_as_taken(proof_for: CodeFor) -> None:
    first = proof_for("new@example.com")
    Member.objects.create_user("new@example.com", PASSWORD, name="New", nickname="New")
    assert code_of(join(first)) == "email_taken"


def test_a_conflict_while_an_old_account_is_erased_is_not_called_a_taken_address(
    mina: Member, proof_for: CodeFor, failing_handler: None
) -> None:
    mina.withdraw()
    answer = join(proof_for(mina.email))
    assert (answer.status_code, code_of(answer)) == (409, "conflict")
    assert Member.objects.get().email == mina.email


def test_an_address_taken_since_the_code_was_sent_is_refused_for_a_change(
    mina: Member, mailoutbox: SentEmails, run_jobs: Any
) -> None:
    phone = Phone.of(mina)
    phone.post("me/email", email="later@example.com", password=PASSWORD)
    run_jobs()
    Member.objects.create_user("later@example.com", PASSWORD, name="New", nickname="New")
    answer = phone.post("me/email/confirm", email="later@example.com", code=last_code(mailoutbox, "later@example.com"))
    assert code_of(answer) == "email_taken"
    assert phone.get("me").json()["email"] == "mina@example.com"


def test_a_conflict_while_an_address_is_changed_is_not_called_a_taken_address(
    mina: Member, mailoutbox: SentEmails, run_jobs: Any, failing_handler: None
) -> None:
    phone = Phone.of(mina)
    phone.post("me/email", email="later@example.com", password=PASSWORD)
    run_jobs()
    answer = phone.post("me/email/confirm", email="later@example.com", code=last_code(mailoutbox, "later@example.com"))
    assert (answer.status_code, code_of(answer)) == (409, "conflict")
    assert phone.get("me").json()["email"] == "mina@example.com"
