"""`manage.py member`: what operators do for one member, by the rules of the API and of moderation."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Export, LoginSession, Member
from moderation.models import Decision
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails, last_code
from tests.factories import PASSWORD, MemberFactory
from tests.moderation.staff import restore_roles
from tests.operations.commands import Operator

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
STAFF_PASSWORD = "a very long password for staff"


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    restore_roles()


def test_members_are_found_by_id_address_and_nickname_without_their_addresses(operator: Operator, mina: Member) -> None:
    MemberFactory.create(nickname="Minho")
    for words in (mina.pk, "MINA@example.com", "mina"):
        (found,) = operator.run("member", "find", words)["members"]
        assert found == {"id": str(mina.pk), "nickname": "Mina", "email": "m***@example.com", "state": "active"}
    assert len(operator.run("member", "find", "min", "--batch", "1")["members"]) == 1
    assert operator.code == 3
    operator.run("member", "find", "nobody@example.com")
    assert operator.code == 2


def test_an_account_is_shown_whatever_its_state(operator: Operator, mina: Member) -> None:
    Phone.of(mina)
    mina.withdraw()
    shown = operator.run("member", "show", mina.pk)
    assert (shown["state"], shown["sessions"], shown["roles"]) == ("withdrawn", 0, [])
    assert "mina@example.com" not in str(shown)
    with pytest.raises(CommandError, match="no such member"):
        operator.run("member", "show", "7")


def test_a_new_member_sets_a_password_by_email(operator: Operator, run_jobs: RunJobs, mailoutbox: SentEmails) -> None:
    operator.run("member", "create", "New@Example.com", "--name", "New", "--nickname", "Newcomer")
    run_jobs()
    code = last_code(mailoutbox, "new@example.com")
    answer = Phone().post("password-resets/confirm", email="new@example.com", code=code, password=STAFF_PASSWORD)
    assert answer.status_code == 204
    assert Phone().log_in("new@example.com", STAFF_PASSWORD).status_code == 201


@pytest.mark.parametrize("email", ["mina@example.com", "nothing", "x@localhost"])
def test_an_address_that_is_taken_or_none_creates_nobody(operator: Operator, mina: Member, email: str) -> None:
    with pytest.raises(CommandError):
        operator.run("member", "create", email, "--name", "New", "--nickname", "Newcomer")
    assert Member.objects.count() == 1


def test_a_suspension_and_its_end_are_decisions_of_the_operator(operator: Operator, mina: Member) -> None:
    phone = Phone.of(mina)
    operator.run("member", "suspend", mina.pk, "--days", "7", "--reason", "spam", "--as", "ops")
    assert code_of(phone.get("me")) == "session_ended"
    assert Phone().log_in(mina.email).status_code == 401
    operator.run("member", "lift", mina.email, "--as", "ops")
    assert Phone().log_in(mina.email).status_code == 201
    decisions = Decision.objects.concerning(mina).order_by("id")
    expected = [("suspend_member", "ops"), ("lift_suspension", "ops")]
    assert [(one.action, one.actor_name) for one in decisions] == expected


def test_a_refusal_of_moderation_is_the_error_of_the_command(operator: Operator, mina: Member) -> None:
    with pytest.raises(CommandError):
        operator.run("member", "lift", mina.pk)
    with pytest.raises(CommandError, match="either --days or --for-good"):
        operator.run("member", "suspend", mina.pk, "--reason", "spam")
    assert not Decision.objects.exists()


def test_a_password_reset_is_an_email_to_the_member_and_ends_nothing(
    operator: Operator, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    phone = Phone.of(mina)
    assert operator.run("member", "reset-password", mina.pk) == {"id": str(mina.pk)}
    run_jobs()
    assert last_code(mailoutbox, mina.email)
    assert phone.get("me").status_code == 200
    assert Phone().log_in(mina.email, PASSWORD).status_code == 201


def test_a_new_moderator_needs_a_new_password_by_the_rules_for_staff(operator: Operator, mina: Member) -> None:
    operator.run("member", "set-role", mina.pk, "moderator")
    mina.refresh_from_db()
    assert (mina.is_staff, mina.has_usable_password()) == (True, False)
    assert operator.run("member", "show", mina.pk)["roles"] == ["moderator"]
    operator.run("member", "set-role", mina.pk, "none")
    mina.refresh_from_db()
    assert not mina.is_staff


def test_a_second_factor_is_reset_once(operator: Operator, sora: Member) -> None:
    TOTPDevice.objects.create(user=sora, confirmed=True)
    assert operator.run("member", "reset-second-factor", sora.pk) == {"reset": True}
    assert operator.run("member", "reset-second-factor", sora.pk) == {"reset": False}
    assert operator.code == 2


def test_a_member_is_logged_out_only_after_yes(operator: Operator, mina: Member, jun: Member) -> None:
    phone, other = Phone.of(mina), Phone.of(jun)
    assert operator.run("member", "end-sessions", mina.pk) == {"sessions": 1, "done": False}
    assert phone.get("me").status_code == 200
    operator.run("member", "end-sessions", mina.pk, "--yes")
    assert code_of(phone.get("me")) == "session_ended"
    assert other.get("me").status_code == 200


def test_everybody_is_logged_out_in_batches(operator: Operator, mina: Member, jun: Member) -> None:
    phones = [Phone.of(member) for member in (mina, jun, mina)]
    codes = []
    for _ in range(3):
        operator.run("member", "end-sessions", "--all", "--yes", "--batch", "2")
        codes.append(operator.code)
    assert codes == [3, 0, 2]
    assert {code_of(phone.get("me")) for phone in phones} == {"session_ended"}
    assert not LoginSession.objects.live().exists()


def test_an_export_is_built_for_the_member_and_shown_to_nobody_else(
    operator: Operator, mina: Member, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    operator.run("member", "export", mina.pk)
    run_jobs()
    assert Export.objects.get(member=mina).state == "ready"
    assert mailoutbox[-1].to == [mina.email]
    with pytest.raises(CommandError):
        operator.run("member", "export", mina.pk)


def test_an_erasure_starts_only_after_yes_and_leaves_no_name(
    operator: Operator, mina: Member, run_jobs: RunJobs
) -> None:
    operator.run("member", "suspend", mina.pk, "--for-good", "--reason", "hate")
    expected = {"ids": [str(mina.pk)]}
    assert operator.run("member", "erase", mina.pk) == expected | {"done": False}
    assert operator.run("member", "erase", mina.pk, "--yes", "--as", "ops") == expected | {"done": True}
    run_jobs()
    assert not Member.objects.exists()
    decision = Decision.objects.get(action="member_erase")
    assert (decision.actor_name, decision.subject_name, decision.member_id) == ("ops", "a member", None)


def test_an_account_that_is_being_erased_is_left_alone(operator: Operator, mina: Member) -> None:
    operator.run("member", "erase", mina.pk, "--yes")
    operator.run("member", "erase", mina.pk, "--yes")
    assert operator.code == 2
    with pytest.raises(CommandError):
        operator.run("member", "suspend", mina.pk, "--for-good", "--reason", "spam")


def test_members_of_a_list_are_erased_and_unknown_ids_left_out(
    operator: Operator, mina: Member, jun: Member, tmp_path: Path, run_jobs: RunJobs
) -> None:
    ids = tmp_path / "ids"
    ids.write_text(f"{mina.pk}\n12\n{mina.pk}\n")
    assert operator.run("member", "erase", "--ids", ids)["ids"] == [str(mina.pk)]
    operator.run("member", "erase", "--ids", ids, "--yes")
    run_jobs()
    assert list(Member.objects.all()) == [jun]
    operator.run("member", "erase", "--ids", ids, "--yes")
    assert operator.code == 2


def test_a_list_that_is_none_erases_nobody(operator: Operator, mina: Member, tmp_path: Path) -> None:
    ids = tmp_path / "ids"
    ids.write_text(f"{mina.pk}\nmina@example.com\n")
    for words in (("--ids", ids, "--yes"), ("--ids", tmp_path / "none", "--yes"), (), (mina.pk, "--ids", ids)):
        with pytest.raises(CommandError):
            operator.run("member", "erase", *words)
    assert Member.objects.get().erasure_started_at is None


def actions(decisions: Any) -> list[str]:
    return [decision.action for decision in decisions]


def test_what_an_operator_does_for_a_member_is_cleared_with_their_erasure(
    operator: Operator, mina: Member, run_jobs: RunJobs
) -> None:
    operator.run("member", "reset-password", mina.pk, "--as", "ops")
    assert actions(Decision.objects.concerning(mina)) == ["member_reset_password"]
    Member.objects.filter(pk=mina.pk).update(withdrawn_at=timezone.now())
    operator.run("member", "erase", mina.pk, "--yes")
    run_jobs()
    decision = Decision.objects.get(action="member_reset_password")
    assert (decision.subject_id, decision.subject_name, decision.actor_name) == (None, "", "ops")
