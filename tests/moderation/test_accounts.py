"""Sessions are ended, addresses revealed, reporters muted, and roles set."""

from collections.abc import Callable

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import TestCase

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, NotPermitted, RankTooLow
from moderation.models import Decision, MutedReporter
from moderation.ranks import MODERATOR, OPERATOR, SENIOR_MODERATOR, Rank, rank_of
from tests.accounts.conftest import code_in
from tests.accounts.phone import Phone, code_of
from tests.factories import MemberFactory
from tests.moderation.staff import may_undo, restore_roles, staff_member

pytestmark = pytest.mark.django_db
SERVER = Actor.operator("deploy")
RunJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def _roles(db: None) -> None:
    restore_roles()


def test_all_devices_of_a_member_are_logged_out_at_once(
    hana: Member, mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    phones = [Phone.of(mina), Phone.of(mina)]
    with TestCase.captureOnCommitCallbacks(execute=True):
        decision = get_action("end_sessions").run(mina, by=hana, reason="account_security")
    assert [code_of(phone.get("me")) for phone in phones] == ["session_ended"] * 2
    assert (decision.after, may_undo(decision, by=hana)) == ({"ended": 2}, False)
    with pytest.raises(AlreadyDecided):
        get_action("end_sessions").run(mina, by=hana, reason="account_security")
    run_jobs()
    assert "logged you out on all devices" in mailoutbox[0].body
    assert phones[0].log_in(mina.email).status_code == 201


def test_reading_an_address_is_recorded_without_the_address(hana: Member, yuna: Member, mina: Member) -> None:
    with pytest.raises(NotPermitted):
        get_action("reveal_email").run(mina, by=hana, reason="investigation")
    decision = get_action("reveal_email").run(mina, by=yuna, reason="investigation", text="Report 7.")
    stored = Decision.objects.filter(pk=decision.pk).values().get()
    assert (stored["actor_name"], stored["text"]) == ("Yuna", "Report 7.")
    assert mina.email not in str(stored)


def test_a_muted_reporter_notices_nothing(
    hana: Member, jun: Member, mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    decision = get_action("mute_reporter").run(jun, by=hana, reason="abusive_reports")
    assert Phone.of(jun).post("reports", member_id=str(mina.pk), reason="spam").status_code == 201
    run_jobs()
    assert mailoutbox == []
    assert MutedReporter.objects.get().member == jun
    undo(decision, by=hana, reason="mistake")
    assert not MutedReporter.objects.exists()


def test_a_new_moderator_has_to_set_a_password_for_staff(
    mina: Member, run_jobs: RunJobs, mailoutbox: list[EmailMultiAlternatives]
) -> None:
    phone = Phone.of(mina)
    get_action("set_role").run(mina, by=SERVER, reason="staffing", role=MODERATOR)
    assert phone.log_in(mina.email).status_code == 401
    assert Phone().post("password-resets", email=mina.email).status_code == 202
    run_jobs()
    code = next(filter(None, map(code_in, mailoutbox)))
    body = {"email": mina.email, "code": code}
    short = Phone().post("password-resets/confirm", **body, password="only 12 long").json()
    assert short["errors"][0]["code"] == "password_too_short"
    long = "a long sentence by the sea"
    assert Phone().post("password-resets/confirm", **body, password=long).status_code == 204
    assert phone.log_in(mina.email, long).status_code == 201
    assert rank_of(Member.objects.get(pk=mina.pk)) == Rank.MODERATOR


def test_another_role_keeps_the_password_and_no_role_takes_all_rights(hana: Member) -> None:
    get_action("set_role").run(hana, by=SERVER, reason="staffing", role=SENIOR_MODERATOR)
    assert Phone().log_in(hana.email).status_code == 201
    decision = get_action("set_role").run(hana, by=SERVER, reason="staffing", role="")
    former = Member.objects.get(pk=hana.pk)
    assert (former.is_staff, former.has_perm("moderation.remove_post"), former.groups.count()) == (False, False, 0)
    undo(decision, by=SERVER, reason="mistake")
    assert rank_of(Member.objects.get(pk=hana.pk)) == Rank.SENIOR_MODERATOR


def test_nobody_gives_a_role_of_their_own_rank(mina: Member, yuna: Member) -> None:
    operator = staff_member(OPERATOR)
    set_role = get_action("set_role")
    for role in (SENIOR_MODERATOR, OPERATOR):
        with pytest.raises(RankTooLow):
            set_role.run(mina, by=operator, reason="staffing", role=role)
    with pytest.raises(NotPermitted):
        set_role.run(mina, by=yuna, reason="staffing", role=MODERATOR)
    set_role.run(mina, by=operator, reason="staffing", role=MODERATOR)
    with pytest.raises(AlreadyDecided):
        set_role.run(mina, by=operator, reason="staffing", role=MODERATOR)


def test_a_superuser_without_a_role_is_none_any_more(sora: Member) -> None:
    get_action("set_role").run(sora, by=SERVER, reason="staffing", role="")
    former = Member.objects.get(pk=sora.pk)
    assert (former.is_superuser, rank_of(former)) == (False, Rank.MEMBER)


def test_an_undo_gives_no_rank_that_its_actor_could_not_give(sora: Member, mina: Member) -> None:
    operator, set_role = staff_member(OPERATOR), get_action("set_role")
    get_action("set_role").run(mina, by=SERVER, reason="staffing", role=SENIOR_MODERATOR)
    for member in (sora, mina):
        demotion = set_role.run(member, by=SERVER, reason="staffing", role="")
        assert not may_undo(demotion, by=operator)
        with pytest.raises(RankTooLow):
            undo(demotion, by=operator, reason="mistake")
        assert rank_of(Member.objects.get(pk=member.pk)) == Rank.MEMBER
    undo(demotion, by=MemberFactory.create(is_staff=True, is_superuser=True), reason="mistake")
    assert rank_of(Member.objects.get(pk=mina.pk)) == Rank.SENIOR_MODERATOR
