"""Prometheus gauges of what is stored in the database: the last clean-up, and the switches."""

from prometheus_client import Gauge

from libs.cleanup import cleanup_tasks
from libs.outbox.queue_monitor import add_measurement
from libs.switches.models import SwitchState
from libs.switches.registry import all_switches
from operations.models import CleanupRun

# Every process reads the whole table, so the most recent value is right, even if its process has ended.
SUCCEEDED = Gauge(
    "h2h_cleanup_succeeded_timestamp_seconds",
    "When a task of the clean-up last succeeded; 0 for never.",
    ["task"],
    multiprocess_mode="mostrecent",
)
ROWS = Gauge(
    "h2h_cleanup_rows",
    "Records that a task of the clean-up dealt with when it last succeeded.",
    ["task"],
    multiprocess_mode="mostrecent",
)


def measure_cleanup() -> None:
    """Set the gauges from the table of runs."""
    runs = {run.task: run for run in CleanupRun.objects.all()}
    for task in cleanup_tasks():
        run = runs.get(task)
        SUCCEEDED.labels(task).set(run.succeeded_at.timestamp() if run and run.succeeded_at else 0)
        ROWS.labels(task).set(run.rows if run else 0)


SWITCH = Gauge("h2h_switch_on", "Whether a switch is on, by its name.", ["switch"], multiprocess_mode="mostrecent")


def measure_switches() -> None:
    """Set the gauge of each switch."""
    off = set(SwitchState.objects.filter(is_on=False).values_list("name", flat=True))
    for name in all_switches():
        SWITCH.labels(name).set(name not in off)


add_measurement(measure_cleanup)
add_measurement(measure_switches)
