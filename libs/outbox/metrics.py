"""Prometheus metrics of the outbox."""

from collections.abc import Sequence

from prometheus_client import Counter, Gauge, Histogram

from libs.outbox.stats import OutboxStats, collect_stats

JOBS = Counter(
    "outbox_jobs",
    "Attempts to run a job, by outcome: done, abandoned, postponed, failed, dead, lost.",
    ["kind", "outcome"],
)
SECONDS = Histogram(
    "outbox_job_seconds",
    "Duration of a job's handler.",
    ["kind"],
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120),
)


def _gauge(name: str, description: str, labels: Sequence[str] = ()) -> Gauge:
    # Every process counts the whole table, so the most recent value is right, even if its process has ended.
    return Gauge(f"outbox_{name}", description, labels, multiprocess_mode="mostrecent")


DEPTH = _gauge("depth", "Jobs neither done nor dead.")
DUE = _gauge("due", "Jobs that a worker of this release could take now.")
OLDEST = _gauge("oldest_seconds", "How long the oldest due job has been due.")
UNKNOWN = _gauge("unknown", "Waiting jobs of kinds that this release does not know.")
LANE_DUE = _gauge("lane_due", "Due jobs of a lane.", ["lane"])
LANE_OLDEST = _gauge("lane_oldest_seconds", "How long the oldest due job of a lane has been due.", ["lane"])
DEAD = _gauge("dead", "Jobs that failed for good.")
MEASURED = _gauge("measured_timestamp_seconds", "When the other gauges of the outbox were measured.")


def record_attempt(kind: str, outcome: str, seconds: float) -> None:
    """Count an attempt and its duration."""
    JOBS.labels(kind, outcome).inc()
    SECONDS.labels(kind).observe(seconds)


def measure_queue() -> OutboxStats:
    """Set the gauges from the table of jobs, and return the counts.

    Workers call it. While none runs the gauges stand still, which shows in outbox_measured_timestamp_seconds.
    """
    stats = collect_stats()
    DEPTH.set(stats.depth)
    DUE.set(stats.due)
    OLDEST.set(stats.oldest_seconds)
    for lane, numbers in stats.lanes.items():
        LANE_DUE.labels(lane).set(numbers["due"])
        LANE_OLDEST.labels(lane).set(numbers["oldest_seconds"])
    UNKNOWN.set(sum(stats.unknown.values()))
    DEAD.set(stats.dead)
    MEASURED.set_to_current_time()
    return stats
