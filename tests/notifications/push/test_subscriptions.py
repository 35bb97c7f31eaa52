"""Where push messages go: to the session that sent the address last, as long as it is live."""

from datetime import timedelta
from functools import partial

import pytest
import time_machine
from django.utils import timezone

from accounts.models import LoginSession, Member
from notifications.models import PushSubscription
from posts.models import Post
from tests.accounts.conftest import AtOnce
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.notifications.fake_fcm import FakeFcm
from tests.notifications.push.conftest import pushed, subscribe

pytestmark = pytest.mark.django_db


def addresses(fcm: FakeFcm) -> list[str]:
    return [message["token"] for message in pushed(fcm)]


def test_each_device_of_a_member_gets_a_message(
    post: Post, minas: Phone, juns: Phone, mina: Member, fcm: FakeFcm
) -> None:
    subscribe(minas)
    subscribe(Phone.of(mina), "minas-tablet")
    write(juns, post)
    assert sorted(addresses(fcm)) == ["minas-tablet", "minas-token"]


def test_a_member_sees_which_of_their_devices_get_messages(minas: Phone, juns: Phone, mina: Member) -> None:
    tablet = Phone.of(mina)
    for phone, address, previews in (
        (minas, "minas-token", True),
        (tablet, "minas-tablet", False),
        (juns, "juns-token", True),
    ):
        subscribe(phone, address, previews=previews)
    first, second = minas.get("push-subscriptions").json()["results"]
    assert [each["is_current"] for each in (first, second)] == [False, True]
    assert [each["previews"] for each in (first, second)] == [False, True]
    sessions = {each["id"]: each["device"] for each in minas.get("sessions").json()["results"]}
    assert {each["session_id"]: each["device"] for each in (first, second)} == sessions
    tablet.delete(f"sessions/{first['session_id']}")
    assert [each["session_id"] for each in minas.get("push-subscriptions").json()["results"]] == [second["session_id"]]


def test_a_login_on_a_shared_phone_takes_its_address_over(
    post: Post, minas: Phone, juns: Phone, soras: Phone, fcm: FakeFcm
) -> None:
    subscribe(minas)
    write(juns, post)
    # The message to Mina waits while Sora logs in on her phone.
    subscribe(soras)
    assert addresses(fcm) == []
    write(juns, post)
    assert addresses(fcm) == []
    write(juns, post, reply_to=write(soras, post))
    assert [message["data"]["kind"] for message in pushed(fcm)] == ["reply"]
    subscribe(minas)
    assert PushSubscription.objects.get().session.member_id == post.author_id


def test_a_session_has_one_subscription_which_it_may_repeat(
    post: Post, minas: Phone, juns: Phone, fcm: FakeFcm
) -> None:
    subscribe(minas, "old")
    subscribe(minas, "new")
    first = PushSubscription.objects.get()
    write(juns, post)
    subscribe(minas, "new", previews=False)
    assert PushSubscription.objects.get().pk == first.pk
    assert addresses(fcm) == ["new"]
    for _ in range(2):
        assert minas.delete("push-subscription").status_code == 204
    write(juns, post)
    assert addresses(fcm) == []


@pytest.mark.parametrize("path", ["sessions/current", "sessions/end-others", "sessions/{id}"])
def test_a_session_that_ends_takes_its_subscription_along(
    post: Post, minas: Phone, juns: Phone, mina: Member, fcm: FakeFcm, path: str
) -> None:
    subscribe(minas)
    write(juns, post)
    if path == "sessions/end-others":
        Phone.of(mina).post(path)
    else:
        minas.delete(path.format(id=minas.pair["session_id"]))
    assert not PushSubscription.objects.exists()
    write(juns, post)
    assert addresses(fcm) == []
    assert minas.put("push-subscription", kind="token", address="a", previews=True).status_code == 401


def test_a_suspension_and_a_withdrawal_end_push_messages(minas: Phone, mina: Member, juns: Phone, jun: Member) -> None:
    subscribe(minas)
    subscribe(juns, "juns-token")
    mina.suspend(timezone.now() + timedelta(days=1))
    jun.withdraw()
    assert not PushSubscription.objects.exists()


def test_a_session_that_was_not_used_for_weeks_gets_nothing(
    post: Post, minas: Phone, juns: Phone, fcm: FakeFcm
) -> None:
    subscribe(minas)
    write(juns, post)
    LoginSession.objects.filter(pk=minas.pair["session_id"]).update(idle_at=timezone.now())
    assert addresses(fcm) == []


@pytest.mark.parametrize(
    "change",
    [{"kind": "apns"}, {"address": ""}, {"address": "a b"}, {"address": "가"}, {"address": "x\n"},
     {"address": "x" * 1001}, {"previews": None}, {"previews": "no"}, {"platform": "ios"}],
)  # fmt: skip
def test_a_subscription_that_is_none_is_refused(minas: Phone, change: dict[str, object]) -> None:
    body = {"kind": "installation", "address": "x" * 1000, "previews": False}
    assert minas.put("push-subscription", **(body | change)).status_code == 400
    assert minas.put("push-subscription", **body).status_code == 204


@pytest.mark.django_db(transaction=True)
def test_sessions_that_send_one_address_at_once_leave_one_subscription(
    mina: Member, jun: Member, sora: Member, at_once: AtOnce
) -> None:
    phones = [Phone.of(member) for member in (mina, jun, sora, mina)]
    for address in ("one", "other", "one"):
        body = {"kind": "token", "address": address, "previews": True}
        answers = at_once([partial(phone.put, "push-subscription", **body) for phone in phones])
        assert {answer.status_code for answer in answers} == {204}
        assert PushSubscription.objects.filter(address=address).count() == 1
    assert PushSubscription.objects.count() == 1


def test_expired_sessions_are_deleted_with_their_subscriptions(minas: Phone) -> None:
    subscribe(minas)
    with time_machine.travel(timezone.now() + timedelta(days=400)):
        LoginSession.objects.all().delete()
    assert not PushSubscription.objects.exists()
