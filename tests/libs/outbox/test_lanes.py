"""Jobs of one lane wait for no job of another, however many and however slow these are."""

from collections.abc import Callable, Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from config.checks import check_settings
from libs.outbox.models import Job
from libs.outbox.queue import enqueue_many
from libs.outbox.registry import known_kinds, lane_of
from libs.outbox.worker import Worker
from libs.outbox.worker_pool import WorkerPool
from tests.libs.outbox import handlers
from tests.libs.outbox.conftest import EnqueueJob
from tests.polling import wait_until

KINDS = ["test.hang", "test.note"]


@pytest.fixture
def start_pool(shared_queue: None) -> Iterator[Callable[[], WorkerPool]]:
    """Starts a pool for KINDS, and stops it at the end."""
    pools = []

    def start() -> WorkerPool:
        pools.append(WorkerPool(KINDS))
        pools[0].start()
        return pools[0]

    yield start
    handlers.hold.set()
    for pool in pools:
        pool.stop()
        pool.join(60)


def running() -> int:
    return Job.objects.filter(kind="test.hang", leased_until__gt=timezone.now()).count()


def test_jobs_that_hang_in_one_lane_delay_no_other_lane(
    start_pool: Callable[[], WorkerPool], enqueue_job: EnqueueJob, done: list[dict[str, int]]
) -> None:
    with transaction.atomic():
        enqueue_many("test.hang", ({"id": number} for number in range(9)))
    start_pool()
    assert wait_until(lambda: running() == 1)
    enqueue_job("test.note", {"id": 99})
    assert wait_until(lambda: done == [{"id": 99}])
    assert running() == 1


def test_a_lane_runs_as_many_jobs_at_once_as_it_has_workers(
    start_pool: Callable[[], WorkerPool], settings: Settings
) -> None:
    settings.OUTBOX_WORKERS = {"slow": 3}
    with transaction.atomic():
        enqueue_many("test.hang", ({"id": number} for number in range(4)))
    pool = start_pool()
    assert sorted(worker.lane or "" for worker in pool.workers) == ["default", "slow", "slow", "slow"]
    assert wait_until(lambda: running() == 3)
    handlers.hold.set()
    assert wait_until(lambda: not Job.objects.waiting().exists())


@pytest.mark.django_db
def test_a_worker_of_one_lane_leaves_the_jobs_of_others(enqueue_job: EnqueueJob, done: list[dict[str, int]]) -> None:
    enqueue_job("test.hang", {"id": 1})
    enqueue_job("test.note", {"id": 2})
    call_command("run_outbox", "--once", "--lanes", "default")
    assert done == [{"id": 2}]
    assert list(Job.objects.waiting().values_list("kind", flat=True)) == ["test.hang"]


def test_a_worker_survives_an_error_that_nobody_expected(
    start_pool: Callable[[], WorkerPool], done: list[dict[str, int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "trouble_seconds", 0.01)
    calls = iter([ZeroDivisionError, None])

    def fail_once(self: Worker) -> None:
        if error := next(calls, None):
            raise error

    monkeypatch.setattr("libs.outbox.queue_monitor.QueueMonitor.measure_if_due", fail_once)
    with transaction.atomic():
        enqueue_many("test.note", [{}])
    start_pool()
    assert wait_until(lambda: done == [{}])


@pytest.mark.django_db
def test_a_row_of_an_older_release_is_in_the_lane_of_its_kind(done: list[dict[str, int]]) -> None:
    Job.objects.create(kind="test.note", payload={"id": 1})
    assert not Worker(lane="slow").step()
    assert Worker(lane="default").step()
    assert done == [{"id": 1}]


@pytest.mark.django_db
def test_claiming_reads_one_index_entry_of_each_kind_whatever_else_waits() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite explains its plans in other words")
    for kind in ("test.gone", *KINDS):
        Job.objects.bulk_create([Job(kind=kind, payload={}) for _ in range(2_000)])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_job")
    locked = Job.objects.all()._due_of("test.note")[:1].explain()
    looked_at = _plan_of_due_kinds()
    assert (locked + looked_at).count("outbox_job_waiting_of_kind") == 1 + len(KINDS)
    assert "Seq Scan" not in locked + looked_at
    assert "Sort" not in locked


def _plan_of_due_kinds() -> str:
    statements: list[tuple[str, object]] = []

    def record(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(record):
        assert Job.objects.claim(KINDS) is not None
    sql, params = statements[0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)  # type: ignore[arg-type]
        return "\n".join(row[0] for row in cursor.fetchall())


def test_every_kind_of_the_server_is_in_a_lane_of_the_settings(settings: Settings) -> None:
    ours = [kind for kind in known_kinds() if not kind.startswith(("test.", "slow."))]
    assert {lane_of(kind) for kind in ours} == set(settings.OUTBOX_WORKERS)
    assert {lane_of(kind) for kind in ours if ".mail_" in kind} == {"email"}


@pytest.mark.parametrize("workers", [{"email": 0}, {"email": -1}, {"emails": 1}])
def test_a_lane_without_workers_or_without_jobs_stops_the_start(workers: dict[str, int]) -> None:
    from config import settings as configured

    values = {name: getattr(configured, name) for name in dir(configured)}
    with pytest.raises(ImproperlyConfigured, match="OUTBOX_WORKERS"):
        check_settings(values | {"OUTBOX_WORKERS": configured.OUTBOX_WORKERS | workers}, {})
