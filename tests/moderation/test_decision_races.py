"""Two moderators at once: one decides, the other is told so."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.appeals import appeal
from moderation.errors import ActionRefused, AlreadyDecided, CannotUndo, ChangedMeanwhile
from moderation.models import Decision
from moderation.reporting import report_post
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.factories import MemberFactory, PostFactory
from tests.moderation.staff import staff_member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("shared_db")]


def attempt(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except ActionRefused as refused:
        return type(refused)
    finally:
        connection.close()


def at_once_by_two(at_once: AtOnce, *calls: Callable[[], Any]) -> list[Any]:
    return at_once([partial(attempt, call) for call in calls])


@pytest.fixture
def moderators(shared_db: None) -> list[Member]:
    return [staff_member("moderator"), staff_member("moderator")]


def test_of_two_who_remove_a_post_at_once_one_is_refused(moderators: list[Member], at_once: AtOnce) -> None:
    post, remove = PostFactory.create(), get_action("remove_post")
    calls = [partial(remove.run, post, by=by, reason="spam") for by in moderators]
    assert at_once_by_two(at_once, *calls).count(AlreadyDecided) == 1
    assert Decision.objects.count() == 1


def test_of_a_removal_and_a_dismissal_at_once_one_is_refused(moderators: list[Member], at_once: AtOnce) -> None:
    post = PostFactory.create()
    reports = [report_post(MemberFactory.create(), post.pk, reason="spam", text="")[0] for _ in range(3)]
    results = at_once_by_two(
        at_once,
        partial(get_action("dismiss_report").run, reports[2], by=moderators[0], reason="no_violation"),
        partial(get_action("remove_post").run, post, by=moderators[1], reason="spam", report=reports[1]),
    )
    assert results.count(AlreadyDecided) == 1
    assert (Post.objects.get().removed_at is not None) == (Decision.objects.get().action == "remove_post")


def test_of_two_suspensions_for_days_at_once_one_is_refused(moderators: list[Member], at_once: AtOnce) -> None:
    member = MemberFactory.create()
    suspend = get_action("suspend_member")
    calls = [partial(suspend.run, member, by=by, reason="spam", days=7) for by in moderators]
    assert at_once_by_two(at_once, *calls).count(AlreadyDecided) == 1


def test_of_two_undos_at_once_one_is_refused(moderators: list[Member], at_once: AtOnce) -> None:
    decision = get_action("remove_post").run(PostFactory.create(), by=moderators[0], reason="spam")
    calls = [partial(undo, decision, by=moderators[0], reason="mistake") for _ in range(2)]
    assert at_once_by_two(at_once, *calls).count(CannotUndo) == 1
    assert Decision.objects.filter(undoes_id=decision.pk).count() == 1


def test_of_an_undo_and_an_upheld_appeal_at_once_one_is_refused(moderators: list[Member], at_once: AtOnce) -> None:
    senior, author = staff_member("senior moderator"), MemberFactory.create()
    decision = get_action("remove_post").run(PostFactory.create(author=author), by=moderators[0], reason="spam")
    appealed = appeal(author, decision.pk, "It is none.")
    results = at_once_by_two(
        at_once,
        partial(undo, decision, by=moderators[0], reason="mistake"),
        partial(get_action("uphold_appeal").run, appealed, by=senior, reason="mistake"),
    )
    refusals = [result for result in results if not isinstance(result, Decision)]
    assert len(refusals) == 1
    assert refusals[0] in (AlreadyDecided, CannotUndo)
    (undoing,) = Decision.objects.filter(undoes_id=decision.pk)
    appealed.refresh_from_db()
    assert (appealed.state, appealed.answer_id) == ("upheld", undoing.pk)
    assert Post.objects.get().removed_at is None


def test_of_two_forms_that_have_seen_the_same_only_one_warns(moderators: list[Member], at_once: AtOnce) -> None:
    member, warn = MemberFactory.create(), get_action("warn_member")
    calls = [partial(warn.run, member, by=by, reason="spam", seen=0) for by in moderators]
    assert at_once_by_two(at_once, *calls).count(ChangedMeanwhile) == 1
    assert Decision.objects.count() == 1
