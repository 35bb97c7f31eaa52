"""What notifies whom, and what does not."""

from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.models import Report
from notifications.models import Notification, NotificationActor
from posts.models import Heart, Post
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.factories import MemberFactory
from tests.notifications.conftest import actors, kinds, others, read, see

pytestmark = pytest.mark.django_db


def test_a_heart_notifies_the_author_of_the_post(post: Post, minas: Phone, juns: Phone, jun: Member) -> None:
    juns.put(f"hearts/{post.pk}")
    (shown,) = read(minas)
    assert (shown["kind"], shown["post_id"], shown["comment_id"]) == ("heart", str(post.pk), None)
    assert ([actor["id"] for actor in shown["actors"]], shown["actor_count"]) == ([str(jun.pk)], 1)
    assert not shown["is_seen"]
    assert read(juns) == []


def test_a_comment_notifies_the_author_and_a_reply_those_above(
    post: Post, minas: Phone, juns: Phone, soras: Phone
) -> None:
    top = write(juns, post)
    reply = write(soras, post, reply_to=top)
    assert [(each["kind"], each["comment_id"]) for each in read(minas)] == [("comment", reply), ("comment", top)]
    assert [(each["kind"], each["comment_id"]) for each in read(juns)] == [("reply", reply)]
    answer = write(minas, post, reply_to=reply)
    assert [each["comment_id"] for each in read(soras)] == [answer]
    assert [each["post_id"] for each in read(juns)] == [str(post.pk)] * 2
    assert kinds(minas) == ["comment", "comment"]


def test_who_wrote_post_and_comment_is_notified_of_a_reply_once(post: Post, minas: Phone, juns: Phone) -> None:
    write(juns, post, reply_to=write(minas, post))
    assert kinds(minas) == ["reply"]
    assert kinds(juns) == []


def test_a_follow_notifies_whom_it_is_about(minas: Phone, juns: Phone, mina: Member) -> None:
    juns.put(f"follows/{mina.pk}")
    assert (kinds(minas), actors(minas)) == (["follow"], [["Jun"]])


def test_nobody_is_notified_of_what_they_do_themselves(post: Post, minas: Phone) -> None:
    minas.put(f"hearts/{post.pk}")
    write(minas, post, reply_to=write(minas, post))
    assert not Notification.objects.exists()


def test_a_post_notifies_whom_it_mentions(mina: Member, sora: Member) -> None:
    assert Phone.of(mina).post("posts", text="Sora!", mentions=[str(sora.pk)]).status_code == 201
    assert kinds(Phone.of(sora)) == ["mention"]


def test_who_is_mentioned_is_notified_of_a_text_once(
    post: Post, minas: Phone, juns: Phone, soras: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    comment = write(soras, post, mentions=[str(mina.pk), str(jun.pk)])
    for mentioned in ([jun, sora], [], [jun]):
        minas.patch(f"posts/{post.pk}", text="Look!", mentions=[str(each.pk) for each in mentioned])
    assert kinds(minas) == ["comment"]
    assert [each["comment_id"] for each in read(juns)] == [None, comment]
    assert read(soras) == []


def test_a_mention_that_is_taken_back_disappears_with_its_notification(
    post: Post, minas: Phone, juns: Phone, jun: Member
) -> None:
    minas.patch(f"posts/{post.pk}", text="Jun!", mentions=[str(jun.pk)])
    assert (kinds(juns), juns.get("notifications/unread").json()["count"]) == (["mention"], 1)
    minas.patch(f"posts/{post.pk}", text="Somebody!", mentions=[])
    assert (kinds(juns), juns.get("notifications/unread").json()["count"]) == ([], 0)
    minas.patch(f"posts/{post.pk}", text="Jun!", mentions=[str(jun.pk)])
    assert kinds(juns) == ["mention"]


def test_a_decision_and_its_undo_notify_the_member(post: Post, minas: Phone, sora: Member) -> None:
    decision = get_action("remove_post").run(post, by=sora, reason="spam")
    undone = undo(decision, by=sora, reason="mistake")
    shown = read(minas)
    assert [each["decision_id"] for each in shown] == [str(undone.pk), str(decision.pk)]
    assert {(each["kind"], each["post_id"], each["actor_count"]) for each in shown} == {("decision", None, 0)}


def test_the_outcome_of_a_report_notifies_its_reporter(
    post: Post, minas: Phone, juns: Phone, jun: Member, sora: Member
) -> None:
    report = juns.post("reports", post_id=str(post.pk), reason="spam").json()["id"]
    dismissal = get_action("dismiss_report").run(Report.objects.get(), by=sora, reason="no_violation")
    assert [(each["kind"], each["report_id"]) for each in read(juns)] == [("report", report)]
    assert kinds(minas) == []
    # It is open again, so there is no outcome.
    undo(dismissal, by=sora, reason="mistake")
    assert kinds(juns) == []


def test_a_removed_post_notifies_its_author_and_all_reporters(post: Post, minas: Phone, sora: Member) -> None:
    phones = [Phone.of(member) for member in others(3)]
    for phone in phones:
        phone.post("reports", post_id=str(post.pk), reason="spam")
    report = Report.objects.first()
    get_action("remove_post").run(post, by=sora, reason="spam", report=report)
    assert kinds(minas) == ["decision"]
    assert [kinds(phone) for phone in phones] == [["report"]] * 3


def test_a_kind_that_is_off_is_not_recorded(post: Post, minas: Phone, juns: Phone) -> None:
    write(juns, post)
    everything = dict.fromkeys(("heart", "comment", "reply", "follow", "mention", "decision", "report"), True)
    assert minas.get("notifications/settings").json() == everything
    changed = minas.patch("notifications/settings", heart=False, comment=False)
    assert changed.json() == everything | {"heart": False, "comment": False}
    juns.put(f"hearts/{post.pk}")
    write(juns, post)
    assert kinds(minas) == ["comment"]
    minas.patch("notifications/settings", comment=True, reply=True)
    write(juns, post)
    assert kinds(minas) == ["comment", "comment"]


@pytest.mark.parametrize("value", ["no", "false", 0, 1, None, [], {}])
def test_settings_take_nothing_but_json_booleans(minas: Phone, value: object) -> None:
    refused = minas.patch("notifications/settings", heart=value, comment=False)
    assert (refused.status_code, [each["field"] for each in refused.json()["errors"]]) == (400, ["heart"])
    assert set(minas.get("notifications/settings").json().values()) == {True}


def test_a_comment_falls_to_the_next_kind_that_is_on(post: Post, minas: Phone, juns: Phone, mina: Member) -> None:
    top = write(minas, post)
    for kind in ("reply", "comment", "mention"):
        write(juns, post, reply_to=top, mentions=[str(mina.pk)])
        assert kinds(minas)[0] == kind
        minas.patch("notifications/settings", **{kind: False})
    write(juns, post, reply_to=top, mentions=[str(mina.pk)])
    assert kinds(minas) == ["mention", "comment", "reply"]


def test_a_young_account_notifies_only_its_followers(post: Post, minas: Phone, mina: Member) -> None:
    young = MemberFactory.create(nickname="New")
    phone = Phone.of(young)
    phone.put(f"hearts/{post.pk}"), phone.put(f"follows/{mina.pk}"), write(phone, post)
    assert kinds(minas) == []
    mina.follow(young)
    write(phone, post)
    assert (kinds(minas), kinds(phone)) == (["comment"], ["follow"])


def test_who_toggles_a_heart_or_a_follow_notifies_once_in_30_days(
    post: Post, minas: Phone, juns: Phone, jun: Member, mina: Member
) -> None:
    for _ in range(10):
        juns.put(f"hearts/{post.pk}"), juns.put(f"follows/{mina.pk}")
        see(minas, read(minas)[0])
        juns.delete(f"hearts/{post.pk}"), juns.delete(f"follows/{mina.pk}")
    assert (Notification.objects.count(), NotificationActor.objects.count()) == (2, 2)
    assert kinds(minas) == []
    juns.put(f"hearts/{post.pk}")
    assert [(each["kind"], each["actor_count"]) for each in read(minas)] == [("heart", 1)]
    juns.delete(f"hearts/{post.pk}")
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        Heart.objects.give(post.pk, jun)
    # Both rows are of the heart that is there now.
    assert [each["is_seen"] for each in read(minas)] == [False, True]


def test_what_is_rolled_back_notifies_nobody(post: Post, minas: Phone, jun: Member) -> None:
    with transaction.atomic():
        Heart.objects.give(post.pk, jun)
        assert kinds(minas) == ["heart"]
        transaction.set_rollback(True)
    assert (kinds(minas), Heart.objects.count()) == ([], 0)
