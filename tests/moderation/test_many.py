"""Many decisions at once: each stands by itself, and more than ten need a senior moderator."""

import pytest

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.many import run_many
from moderation.errors import NotPermitted, RankTooLow, TooManySubjects
from moderation.models import Decision
from moderation.reporting import report_post
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db


def test_eleven_at_once_need_a_senior_moderator(hana: Member, yuna: Member, auditor: Member) -> None:
    posts, remove = PostFactory.create_batch(11), get_action("remove_post")
    with pytest.raises(TooManySubjects):
        run_many(remove, posts, by=hana, reason="spam")
    with pytest.raises(NotPermitted):
        run_many(remove, posts[:1], by=auditor, reason="spam")
    assert not Decision.objects.exists()
    assert all(result.decision for result in run_many(remove, posts[:10], by=hana, reason="spam"))
    assert len(run_many(remove, PostFactory.create_batch(11), by=yuna, reason="spam")) == 11
    assert Decision.objects.count() == 21


def test_one_that_is_refused_stops_no_other(hana: Member, dora: Member, mina: Member, jun: Member) -> None:
    first, second, third = run_many(get_action("warn_member"), [mina, dora, jun], by=hana, reason="spam")
    assert (first.subject, isinstance(second.error, RankTooLow), third.subject) == (mina, True, jun)
    assert set(Decision.objects.values_list("member_id", flat=True)) == {mina.pk, jun.pk}


def test_reports_of_one_subject_have_one_decision(hana: Member) -> None:
    post, other = PostFactory.create(), PostFactory.create()
    reports = [
        report_post(MemberFactory.create(), each.pk, reason="spam", text="")[0] for each in (post, post, other)
    ]  # fmt: skip
    results = run_many(get_action("dismiss_report"), reports, by=hana, reason="no_violation")
    assert [result.error for result in results] == [None] * 3
    assert results[0].decision == results[1].decision != results[2].decision
