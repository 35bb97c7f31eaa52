"""What becomes of a message, and of its address, with each answer of FCM."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime

import pytest
import time_machine
from django.utils import timezone
from prometheus_client import REGISTRY

from libs.outbox.models import Job
from libs.outbox.worker_pool import WorkerPool
from notifications.models import PushSubscription
from notifications.push import fcm as fcm_client
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.notifications.fake_fcm import CLOSE, SILENCE, FakeFcm
from tests.notifications.push.conftest import deliver, subscribe
from tests.polling import wait_until

pytestmark = pytest.mark.django_db
NOT_VALID = "The registration token is not a valid FCM registration token"
PUSH_KINDS = ["notifications.deliver", "notifications.push"]


@pytest.fixture
def message(post: Post, minas: Phone, juns: Phone, fcm: FakeFcm) -> None:
    """A message to Mina's phone, which waits to be sent."""
    subscribe(minas)
    write(juns, post)


def try_once() -> Job:
    """Send the message once; returns its job."""
    deliver()
    return Job.objects.filter(kind="notifications.push").latest("id")


def delay(job: Job) -> timedelta:
    return job.run_at - timezone.now()


@pytest.mark.parametrize(
    ("status", "code", "text"), [(404, "UNREGISTERED", "gone"), (400, "INVALID_ARGUMENT", NOT_VALID)]
)
def test_an_address_that_is_gone_is_deleted(message: None, fcm: FakeFcm, status: int, code: str, text: str) -> None:
    fcm.refuse(status, code, text)
    assert try_once().state == "done"
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, "SENDER_ID_MISMATCH"), (404, ""), (401, "THIRD_PARTY_AUTH_ERROR"), (400, "INVALID_ARGUMENT"), (400, ""),
     (403, ""), (302, "")],
)  # fmt: skip
def test_a_fault_of_ours_keeps_the_address_and_is_counted(message: None, fcm: FakeFcm, status: int, code: str) -> None:
    def count() -> float:
        return REGISTRY.get_sample_value("h2h_pushes_total", {"outcome": "refused"}) or 0

    before = count()
    fcm.refuse(status, code, "Invalid value at 'message.android.ttl'")
    job = try_once()
    assert (job.state, PushSubscription.objects.count(), count()) == ("abandoned", 1, before + 1)
    assert f"FCM responds {status}" in job.last_error


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [(429, "", 60), (429, "300", 300), (429, "1", 10), (503, "", 10), (503, "120", 120), (503, "soon", 10),
     (503, "9" * 40, 86_400), (500, "", 10), (502, "", 10)],
)  # fmt: skip
def test_a_message_that_comes_too_early_waits_as_long_as_fcm_asks(
    message: None, fcm: FakeFcm, status: int, header: str, seconds: int
) -> None:
    fcm.refuse(status, "UNAVAILABLE", **({"Retry_After": header} if header else {}))
    job = try_once()
    assert (job.state, len(fcm.messages), PushSubscription.objects.count()) == ("waiting", 1, 1)
    # It was tried eleven seconds from now.
    assert timedelta(seconds=seconds) <= delay(job) <= timedelta(seconds=seconds + 30)
    deliver(seconds + 60)
    job.refresh_from_db()
    # After a day it is dropped.
    assert (job.state, len(fcm.messages)) == ("done", 2 if seconds < 86_400 else 1)


def test_retry_after_may_be_a_date(message: None, fcm: FakeFcm) -> None:
    fcm.refuse(503, Retry_After=format_datetime(timezone.now() + timedelta(seconds=600), usegmt=True))
    assert timedelta(seconds=580) <= delay(try_once()) <= timedelta(seconds=610)


def test_an_answer_that_is_no_json_is_tried_again(message: None, fcm: FakeFcm) -> None:
    fcm.answers += [(502, "<html>", {}), (503, '{"error": "x"}', {}), (500, '{"error": {"details": [7]}}', {})]
    try_once()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            clock.shift(60)
            deliver(0)
    assert (len(fcm.messages), Job.objects.filter(kind="notifications.push").get().state) == (4, "done")


@pytest.mark.parametrize(("answer", "error"), [(SILENCE, "does not respond in time"), (CLOSE, "ended the connection")])
def test_a_silent_fcm_gets_one_request_a_try(
    message: None, fcm: FakeFcm, answer: str, error: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fcm_client, "TIMEOUT", (5, 0.3))
    fcm.answers.append(answer)
    job = try_once()
    assert (job.state, job.attempts, len(fcm.messages)) == ("waiting", 1, 1)
    assert error in job.last_error
    deliver(60)
    first, second = fcm.messages
    # So the phone shows one of them, if both arrive.
    assert first["android"]["notification"]["tag"] == second["android"]["notification"]["tag"]


def test_an_address_that_its_phone_sends_again_meanwhile_stays(message: None, minas: Phone) -> None:
    read = PushSubscription.objects.get()
    subscribe(minas)
    read.delete_if_unchanged()
    assert PushSubscription.objects.exists()
    PushSubscription.objects.get().delete_if_unchanged()
    assert not PushSubscription.objects.exists()


def test_one_access_token_serves_all_messages_until_fcm_refuses_it(
    message: None, fcm: FakeFcm, post: Post, juns: Phone
) -> None:
    write(juns, post), write(juns, post)
    fcm.answers.append((200, "{}", {}))
    fcm.refuse(401, "", "Request had invalid authentication credentials")
    deliver()
    assert fcm.access_tokens == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]
    deliver(60)
    assert fcm.access_tokens[3:] == ["Bearer access-2"]


def test_without_an_access_token_nothing_is_sent(message: None, fcm: FakeFcm) -> None:
    fcm.token_answer = (400, {"error": "invalid_grant"})
    job = try_once()
    assert (job.state, fcm.messages) == ("waiting", [])
    assert "Is FCM_CREDENTIALS still valid?" in job.last_error
    fcm.token_answer = None
    deliver(60)
    assert len(fcm.messages) == 1


@pytest.fixture
def pool(shared_db: None) -> Iterator[WorkerPool]:
    """Workers of pushes and e-mails, each lane in threads of its own."""
    pool = WorkerPool([*PUSH_KINDS, "accounts.mail_sign_up_code"])
    yield pool
    pool.stop()
    pool.join(60)


@pytest.mark.django_db(transaction=True)
def test_emails_are_sent_while_fcm_is_silent(
    message: None, fcm: FakeFcm, pool: WorkerPool, post: Post, juns: Phone, mailoutbox: list[object]
) -> None:
    for _ in range(4):
        write(juns, post)
    fcm.answers += [SILENCE] * 5
    Job.objects.update(run_at=timezone.now())
    pool.start()
    assert wait_until(lambda: len(fcm.messages) >= 2)
    Phone().post("verification-codes", email="new@example.com")
    assert wait_until(lambda: len(mailoutbox) == 1)
    assert not Job.objects.filter(kind="notifications.push", done_at__isnull=False).exists()
    fcm.released.set()
