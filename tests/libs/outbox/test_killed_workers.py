"""Worker processes that are killed in the middle of a job: the job is done all the same, and once."""

import signal
import time
from pathlib import Path

import pytest
from django.db import connection
from prometheus_client import CollectorRegistry
from prometheus_client.multiprocess import MultiProcessCollector

import tests.libs.outbox.slow_jobs.jobs  # noqa: F401 - the handler must be known where the job is written, too
from libs.outbox.models import Job
from tests.cuttable_proxy import CuttableProxy
from tests.libs.outbox.conftest import EnqueueJob
from tests.libs.outbox.processes import Environment, drain, environment_of_this_queue, start_worker, worker_log
from tests.polling import wait_until

pytestmark = pytest.mark.usefixtures("shared_queue")


@pytest.fixture
def environment(shared_queue: None, tmp_path: Path) -> Environment:
    return environment_of_this_queue(tmp_path)


@pytest.mark.parametrize("moment", ["block-before", "block-after"])
def test_a_job_whose_worker_was_killed_has_its_effect_once(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob, moment: str
) -> None:
    job = enqueue_job("slow.email", {"id": 7})
    (tmp_path / moment).touch()
    with start_worker(environment) as worker:
        wait_until((tmp_path / "blocked").exists)
        worker.send_signal(signal.SIGKILL)
    (tmp_path / moment).unlink()
    held = Job.objects.get(pk=job.pk)
    assert (held.attempts, held.done_at) == (1, None)
    wait_until(lambda: drain(environment) == 0)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 2)
    assert len((tmp_path / "runs").read_text().splitlines()) == 2
    assert (tmp_path / "sent").read_text() == "sent\n"


def test_postponed_jobs_of_a_killed_worker_wait_for_nothing_but_the_next(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob
) -> None:
    jobs = [enqueue_job("slow.email", {"id": number}) for number in range(5)]
    (tmp_path / "postpone").touch()
    with start_worker(environment) as worker:
        wait_until(Job.objects.exclude(last_error="").exists)
        worker.send_signal(signal.SIGKILL)
    (tmp_path / "postpone").unlink()
    assert len((tmp_path / "runs").read_text().splitlines()) == 1
    assert drain(environment) == 0
    ended = Job.objects.order_by("done_at").values_list("pk", "attempts", "last_error")
    assert list(ended) == [(job.pk, 1, "") for job in jobs]


def test_a_job_that_ends_while_the_database_is_away_does_not_run_again(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite is a file and never away")
    job, proxy = enqueue_job("slow.email", {"id": 7}), CuttableProxy(environment["DATABASE_URL"])
    (tmp_path / "block-after").touch()
    with start_worker(environment | {"DATABASE_URL": proxy.url, "OUTBOX_LEASE_SECONDS": "20"}, "--once") as worker:
        wait_until((tmp_path / "blocked").exists)
        proxy.cut()
        (tmp_path / "block-after").unlink()
        wait_until(lambda: "outbox database trouble" in worker_log(environment).read_text() or worker.poll())
        proxy.restore()
        wait_until(lambda: worker.poll() is not None)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_a_worker_that_is_asked_to_stop_finishes_its_job(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob
) -> None:
    job = enqueue_job("slow.email", {"id": 7})
    (tmp_path / "block-before").touch()
    with start_worker(environment) as worker:
        wait_until((tmp_path / "blocked").exists)
        worker.send_signal(signal.SIGTERM)
        time.sleep(0.2)
        assert worker.poll() is None
        (tmp_path / "block-before").unlink()
        assert worker.wait(60) == 0
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("done", 1)


def test_two_processes_share_a_queue_and_run_each_job_once(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob
) -> None:
    for number in range(20):
        enqueue_job("slow.email", {"id": number})
    with start_worker(environment, "--once") as one, start_worker(environment, "--once") as two:
        assert {one.wait(60), two.wait(60)} <= {0, 2}
    assert len((tmp_path / "runs").read_text().splitlines()) == 20
    assert not Job.objects.filter(done_at=None).exists()


def test_metrics_of_a_worker_process_are_read_by_another_process(
    environment: Environment, tmp_path: Path, enqueue_job: EnqueueJob
) -> None:
    (tmp_path / "metrics").mkdir()
    enqueue_job("slow.email", {"id": 7})
    assert drain(environment | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}) == 0
    together = CollectorRegistry()
    MultiProcessCollector(together, path=str(tmp_path / "metrics"))
    labels = {"kind": "slow.email", "outcome": "done"}
    assert together.get_sample_value("outbox_jobs_total", labels) == 1
    assert together.get_sample_value("outbox_due") == 1
