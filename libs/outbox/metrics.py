"""What Prometheus learns about the outbox."""

from prometheus_client import Counter, Gauge, Histogram

from libs.outbox.stats import OutboxStats, collect_stats

JOBS = Counter("outbox_jobs", "Jobs tried, by what came of it: done, failed, dead, lost.", ["kind", "outcome"])
SECONDS = Histogram(
    "outbox_job_seconds", "How long a handler took.", ["kind"], buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 120)
)
# The last one who counted is right, dead or alive: each counts the whole table.
DEPTH = Gauge("outbox_depth", "Jobs neither done nor dead.", multiprocess_mode="mostrecent")
DUE = Gauge("outbox_due", "Jobs that a worker could take now.", multiprocess_mode="mostrecent")
OLDEST = Gauge("outbox_oldest_seconds", "How long the longest due job is due.", multiprocess_mode="mostrecent")
UNKNOWN = Gauge(
    "outbox_unknown", "Waiting jobs of kinds that this release does not know.", multiprocess_mode="mostrecent"
)
DEAD = Gauge("outbox_dead", "Jobs given up.", multiprocess_mode="mostrecent")
MEASURED = Gauge(
    "outbox_measured_timestamp_seconds", "When the five above were counted.", multiprocess_mode="mostrecent"
)


def record_attempt(kind: str, outcome: str, seconds: float) -> None:
    """Count one try and how long it took."""
    JOBS.labels(kind, outcome).inc()
    SECONDS.labels(kind).observe(seconds)


def measure_queue() -> OutboxStats:
    """Count the queue into the gauges and return the counts.

    The worker does so; with no worker alive they stand still, which is what outbox_measured_timestamp_seconds shows.
    """
    stats = collect_stats()
    DEPTH.set(stats.depth)
    DUE.set(stats.due)
    OLDEST.set(stats.oldest_seconds)
    UNKNOWN.set(sum(stats.unknown.values()))
    DEAD.set(stats.dead)
    MEASURED.set_to_current_time()
    return stats
