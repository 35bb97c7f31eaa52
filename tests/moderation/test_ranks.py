"""Nobody acts on themselves or on an equal or higher rank, and groups say who may do what."""

from itertools import pairwise

import pytest

from accounts.models import Member
from accounts.models.member import FOR_GOOD
from moderation.actions import available_actions, get_action
from moderation.actions.undo import undo
from moderation.actors import Actor
from moderation.appeals import appeal
from moderation.errors import CannotUndo, NotPermitted, RankTooLow
from moderation.models import Decision
from moderation.ranks import AUDITOR, MODERATOR, OPERATOR, SENIOR_MODERATOR, rank_of
from moderation.reporting import report_member
from posts.models import Post
from tests.factories import MemberFactory
from tests.moderation.staff import may_undo, staff_member

pytestmark = pytest.mark.django_db
# The record of a lift that a moderator has done before it needed the permission to suspend for good.
BROUGHT_BACK = {
    "action": "lift_suspension", "actor_kind": Actor.SYSTEM, "subject_kind": "member", "reason": "mistake",
    "before": {"suspended_until": FOR_GOOD.isoformat()}, "after": {"suspended_until": None},
}  # fmt: skip


def test_ranks_follow_the_groups(mina: Member, sora: Member) -> None:
    auditor, moderator, senior, operator = map(staff_member, (AUDITOR, MODERATOR, SENIOR_MODERATOR, OPERATOR))
    ranks = [rank_of(member) for member in (mina, auditor, moderator, senior, sora)]
    assert all(lower < higher for lower, higher in pairwise(ranks))
    assert rank_of(operator) == rank_of(senior)
    assert Actor.operator("root").rank > rank_of(sora)


def test_a_group_is_no_rank_for_a_member_who_is_not_of_the_staff(mina: Member, post: Post) -> None:
    moderator = staff_member(MODERATOR)
    Member.objects.filter(pk=moderator.pk).update(is_staff=False)
    moderator = Member.objects.get(pk=moderator.pk)
    assert rank_of(moderator) == rank_of(mina)
    with pytest.raises(NotPermitted):
        get_action("remove_post").run(post, by=moderator, reason="spam")


def test_nobody_warns_an_equal_or_a_higher_rank_or_themselves(
    hana: Member, dora: Member, yuna: Member, sora: Member, mina: Member
) -> None:
    warn = get_action("warn_member")
    for actor, member in ((hana, dora), (hana, yuna), (hana, sora), (yuna, sora), (hana, hana), (sora, sora)):
        assert warn not in available_actions(member, by=actor)
        with pytest.raises(RankTooLow):
            warn.run(member, by=actor, reason="spam")
    for by, member in ((hana, mina), (yuna, hana), (sora, yuna)):
        warn.run(member, by=by, reason="spam")
    warn.run(sora, by=Actor.operator("root"), reason="spam")
    assert Decision.objects.count() == 4


def test_nobody_dismisses_a_report_on_themselves_or_an_equal(hana: Member, dora: Member, mina: Member) -> None:
    report, _ = report_member(mina, dora.pk, reason="harassment", text="")
    for actor in (hana, dora):
        with pytest.raises(RankTooLow):
            get_action("dismiss_report").run(report, by=actor, reason="no_violation")
    get_action("assign_report").run(report, by=hana, reason="triage")


@pytest.mark.parametrize("role", [AUDITOR, OPERATOR, "nobody"])
def test_who_does_not_moderate_may_not_remove_a_post(post: Post, role: str) -> None:
    actor = MemberFactory.create() if role == "nobody" else staff_member(role)
    assert available_actions(post, by=actor) == []
    with pytest.raises(NotPermitted):
        get_action("remove_post").run(post, by=actor, reason="spam")
    post.refresh_from_db()
    assert post.removed_at is None


def test_only_a_senior_moderator_suspends_for_good(hana: Member, yuna: Member, mina: Member) -> None:
    action = get_action("suspend_member_for_good")
    with pytest.raises(NotPermitted):
        action.run(mina, by=hana, reason="child_safety")
    decision = action.run(mina, by=yuna, reason="child_safety")
    with pytest.raises(NotPermitted):
        undo(decision, by=hana, reason="mistake")


def test_a_suspended_moderator_moderates_nothing(hana: Member, yuna: Member, post: Post) -> None:
    get_action("suspend_member").run(hana, by=yuna, reason="harassment", days=1)
    with pytest.raises(NotPermitted):
        get_action("remove_post").run(post, by=Member.objects.get(pk=hana.pk), reason="spam")


def test_the_decision_of_a_higher_rank_is_not_undone_by_a_lower_one(hana: Member, yuna: Member, post: Post) -> None:
    decision = get_action("remove_post").run(post, by=yuna, reason="spam")
    assert not may_undo(decision, by=hana)
    with pytest.raises(RankTooLow):
        undo(decision, by=hana, reason="mistake")
    assert may_undo(decision, by=yuna)


def test_what_a_higher_rank_caused_is_not_lifted_or_restored_by_a_lower_one(
    hana: Member, yuna: Member, sora: Member, mina: Member, post: Post
) -> None:
    get_action("suspend_member").run(mina, by=sora, reason="spam", days=7)
    get_action("suspend_member").run(mina, by=hana, reason="spam", days=30)
    get_action("remove_post").run(post, by=sora, reason="spam")
    for action, subject in (("lift_suspension", mina), ("restore_post", post)):
        for by in (hana, yuna):
            with pytest.raises(RankTooLow):
                get_action(action).run(subject, by=by, reason="mistake")
        get_action(action).run(subject, by=sora, reason="mistake")


def test_a_suspension_for_good_is_lifted_and_brought_back_by_who_may_suspend_for_good(
    hana: Member, yuna: Member, mina: Member
) -> None:
    mina.suspend(FOR_GOOD)
    lift = get_action("lift_suspension")
    for by in (hana, staff_member(OPERATOR)):
        with pytest.raises(NotPermitted):
            lift.run(mina, by=by, reason="mistake")
    Decision.objects.bulk_create([Decision(**BROUGHT_BACK, subject_id=mina.pk, member_id=mina.pk)])
    mina.lift()
    lifted = Decision.objects.get()
    assert not may_undo(lifted, by=hana)
    with pytest.raises(NotPermitted):
        undo(lifted, by=hana, reason="mistake")
    undo(lifted, by=yuna, reason="mistake")
    assert Member.objects.get(pk=mina.pk).is_suspended_for_good


def test_the_undo_of_an_older_removal_leaves_what_a_newer_one_hides(
    hana: Member, sora: Member, yuna: Member, mina: Member, post: Post
) -> None:
    older = get_action("remove_post").run(post, by=hana, reason="spam")
    made = appeal(mina, older.pk, "It is my garden.")
    get_action("restore_post").run(post, by=hana, reason="no_violation")
    get_action("remove_post").run(post, by=sora, reason="hate")
    with pytest.raises(CannotUndo):
        undo(older, by=hana, reason="mistake")
    get_action("uphold_appeal").run(made, by=yuna, reason="mistake")
    post.refresh_from_db()
    assert post.removed_at is not None
