"""The worker thread: a commit wakes it, it waits for the database, and it stops on request."""

from collections.abc import Iterator

import pytest
from django.db import connection

from libs.outbox import wakeup, worker_thread
from libs.outbox.models import Job
from libs.outbox.worker import Worker
from tests.libs.outbox import handlers
from tests.libs.outbox.conftest import EnqueueJob
from tests.polling import wait_until

pytestmark = pytest.mark.usefixtures("shared_queue")


@pytest.fixture
def started(shared_queue: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A running worker thread that does not poll during a test, nor wait long for the database."""
    monkeypatch.setattr(Worker, "poll_seconds", 60)
    monkeypatch.setattr(Worker, "trouble_seconds", 0.05)
    worker_thread.start()
    yield
    worker_thread.stop()


@pytest.mark.usefixtures("started")
def test_a_commit_wakes_the_worker_at_once(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    for number in range(1, 4):
        enqueue_job(payload={"id": number})
        assert wait_until(lambda: Job.objects.filter(done_at=None).count() == 0)
    assert [payload["id"] for payload in done] == [1, 2, 3]


@pytest.mark.usefixtures("started")
def test_a_second_start_makes_no_second_worker() -> None:
    before = worker_thread._running
    worker_thread.start()
    assert worker_thread._running is before


@pytest.mark.usefixtures("started")
def test_stopping_lets_the_running_job_finish(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job("test.wait", {"id": 1})
    enqueue_job("test.note", {"id": 2})
    assert wait_until(lambda: Job.objects.filter(kind="test.wait", attempts=1).exists())
    assert worker_thread._running
    worker_thread._running.stop()
    handlers.hold.set()
    worker_thread.stop()
    assert done == [{"id": 1}]
    assert list(Job.objects.waiting().values_list("kind", flat=True)) == ["test.note"]


@pytest.mark.usefixtures("started")
def test_the_worker_survives_an_outage_of_the_database(
    enqueue_job: EnqueueJob, done: list[dict[str, int]], caplog: pytest.LogCaptureFixture
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE outbox_job RENAME TO outbox_job_away")
        wakeup.notify("test.note")
        assert wait_until(lambda: "outbox database trouble" in caplog.messages)
        cursor.execute("ALTER TABLE outbox_job_away RENAME TO outbox_job")
    enqueue_job(payload={"id": 2})
    assert wait_until(lambda: {"id": 2} in done)


@pytest.mark.usefixtures("started")
def test_a_connection_cut_in_the_middle_of_a_job_does_not_repeat_it(
    enqueue_job: EnqueueJob, done: list[dict[str, int]]
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no connections that could be cut")
    job = enqueue_job("test.wait")
    assert wait_until(lambda: Job.objects.filter(attempts=1).exists())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    handlers.hold.set()
    assert wait_until(lambda: Job.objects.filter(done_at__isnull=False).exists())
    job.refresh_from_db()
    assert (job.attempts, done) == (1, [{}])


@pytest.mark.usefixtures("started")
def test_the_worker_thread_goes_on_beside_an_unknown_job(
    enqueue_job: EnqueueJob, done: list[dict[str, int]], caplog: pytest.LogCaptureFixture
) -> None:
    Job.objects.create(kind="test.gone", payload={})
    worker_thread.stop()
    worker_thread.start()
    enqueue_job()
    assert wait_until(lambda: done == [{}])
    assert "test.gone" in caplog.text
    worker_thread.stop()
    assert Job.objects.get(kind="test.gone").attempts == 0
