"""What push messages say, and when none is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from libs.outbox.models import Job
from moderation.actions import get_action
from notifications.models import Notification
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.notifications.conftest import others, read, see
from tests.notifications.fake_fcm import FakeFcm
from tests.notifications.push.conftest import deliver, pushed, subscribe

pytestmark = pytest.mark.django_db


def test_a_comment_is_urgent_and_names_who_wrote_it(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    subscribe(minas)
    comment = write(juns, post, text="A secret")
    (message,) = pushed(fcm)
    pk = str(Notification.objects.get().pk)
    ids = {"notification_id": pk, "post_id": str(post.pk), "comment_id": comment}
    assert message["data"] == {"kind": "comment", "unread": "1"} | ids
    android, headers = message["android"], message["apns"]["headers"]
    text = {"title_loc_key": "push_comment_by", "title_loc_args": ["Jun"]}
    assert (android["priority"], android["notification"]) == ("HIGH", {"tag": pk, **text})
    assert (headers["apns-priority"], headers["apns-collapse-id"]) == ("10", pk)
    alert = {"title-loc-key": "push_comment_by", "title-loc-args": ["Jun"]}
    assert message["apns"]["payload"]["aps"] == {"alert": alert, "badge": 1, "sound": "default"}
    assert "A secret" not in str(message)


def test_a_heart_waits_for_a_phone_that_sleeps(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    subscribe(minas, kind="installation")
    juns.put(f"hearts/{post.pk}")
    (message,) = pushed(fcm)
    assert (message["fid"], message["android"]["priority"]) == ("minas-token", "NORMAL")
    assert message["apns"]["headers"]["apns-priority"] == "5"
    assert 86_300 < int(message["android"]["ttl"].removesuffix("s")) <= 86_400


def test_without_previews_a_message_names_nobody(
    post: Post, minas: Phone, juns: Phone, mina: Member, jun: Member, fcm: FakeFcm
) -> None:
    subscribe(minas, previews=False)
    write(juns, post), juns.put(f"hearts/{post.pk}"), juns.put(f"follows/{mina.pk}")
    juns.post("posts", text="Mina!", mentions=[str(mina.pk)])
    messages = pushed(fcm)
    assert [each["android"]["notification"]["title_loc_key"] for each in messages] == [
        "push_comment", "push_heart", "push_follow", "push_mention",
    ]  # fmt: skip
    assert jun.nickname not in str(messages)


def test_every_kind_has_one_of_four_collapse_keys(
    post: Post, minas: Phone, juns: Phone, mina: Member, sora: Member, fcm: FakeFcm
) -> None:
    subscribe(minas)
    juns.put(f"hearts/{post.pk}"), juns.put(f"follows/{mina.pk}"), write(juns, post, reply_to=write(minas, post))
    get_action("remove_post").run(post, by=sora, reason="spam")
    see(minas, read(minas)[0])
    Notification.objects.update(latest_at=timezone.now() + timedelta(seconds=1))
    messages = pushed(fcm)
    keys = {each["android"]["collapse_key"] for each in messages}
    assert keys == {"reaction", "decision", "seen"}
    (decision,) = [each for each in messages if each["data"]["kind"] == "decision"]
    assert decision["android"]["notification"]["title_loc_key"] == "push_decision"


def test_what_is_seen_hidden_or_taken_back_meanwhile_is_not_pushed(
    post: Post, minas: Phone, juns: Phone, soras: Phone, mina: Member, jun: Member, fcm: FakeFcm
) -> None:
    subscribe(minas)
    write(soras, post)
    see(minas, read(minas)[0])
    comment = write(juns, post)
    juns.delete(f"comments/{comment}")
    soras.put(f"hearts/{post.pk}"), soras.delete(f"hearts/{post.pk}")
    juns.put(f"follows/{mina.pk}")
    mina.mute(jun)
    assert [message["data"]["kind"] for message in pushed(fcm)] == ["seen"]


def test_what_is_hidden_between_two_tries_is_not_pushed(
    post: Post, minas: Phone, juns: Phone, mina: Member, jun: Member, fcm: FakeFcm
) -> None:
    subscribe(minas)
    fcm.refuse(503)
    write(juns, post)
    assert len(pushed(fcm)) == 1
    mina.mute(jun)
    deliver(60)
    assert (len(fcm.messages), Job.objects.waiting().filter(kind="notifications.push").count()) == (1, 0)


def test_hearts_that_join_a_notification_push_nothing(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    subscribe(minas)
    for phone in [juns, *(Phone.of(member) for member in others(3))]:
        phone.put(f"hearts/{post.pk}")
    for _ in range(10):
        juns.delete(f"hearts/{post.pk}"), juns.put(f"hearts/{post.pk}")
    assert [message["data"]["unread"] for message in pushed(fcm)] == ["1"]


def test_marking_as_seen_sets_the_badge_to_what_is_left(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    subscribe(minas)
    write(juns, post), write(juns, post), write(juns, post)
    assert [each["apns"]["payload"]["aps"]["badge"] for each in pushed(fcm)] == [3, 3, 3]
    newest, second, _ = read(minas)
    see(minas, second)
    (message,) = pushed(fcm)
    assert (message["data"], message["apns"]["payload"]) == ({"kind": "seen", "unread": "1"}, {"aps": {"badge": 1}})
    assert "notification" not in message["android"]
    # The last of several says all.
    write(juns, post)
    for shown in (newest, read(minas)[0]):
        for _ in range(2):
            see(minas, shown)
    assert [each["apns"]["payload"]["aps"] for each in pushed(fcm)] == [{"badge": 0}]
    see(minas, newest)
    assert pushed(fcm) == []


def test_what_is_older_than_a_day_is_dropped(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    subscribe(minas)
    write(juns, post)
    deliver(25 * 3600)
    see(minas, read(minas)[0])
    deliver(25 * 3600)
    assert (fcm.messages, Job.objects.waiting().filter(kind__startswith="notifications.").count()) == ([], 0)
    write(juns, post)
    deliver(23 * 3600)
    assert 3_500 < int(fcm.messages[0]["android"]["ttl"].removesuffix("s")) < 3_600


def test_members_without_devices_cost_no_job(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    write(juns, post)
    see(minas, read(minas)[0])
    assert not Job.objects.filter(kind__startswith="notifications.").exists()


def test_a_local_server_prints_messages(
    post: Post, minas: Phone, juns: Phone, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PUSH_SENDER = "notifications.push.console.send"
    subscribe(minas)
    write(juns, post)
    deliver()
    printed = capsys.readouterr().err
    assert "Push message" in printed
    assert "push_comment_by" in printed


def test_a_server_without_credentials_sends_nothing(
    post: Post, minas: Phone, juns: Phone, settings: Settings, fcm: FakeFcm
) -> None:
    subscribe(minas)
    write(juns, post)
    settings.PUSH_SENDER = ""
    assert pushed(fcm) == []
    write(juns, post)
    assert not Job.objects.waiting().filter(kind__startswith="notifications.").exists()
