"""Prometheus gauges of the queue of reports."""

from prometheus_client import Gauge

from libs.outbox.queue_monitor import add_measurement
from moderation.models import Report

# Every process counts the same table, so the most recent value is right, even if its process has ended.
OPEN = Gauge("h2h_reports_open", "Reports that nobody has decided.", multiprocess_mode="mostrecent")
OVERDUE = Gauge("h2h_reports_overdue", "Open reports older than 24 hours.", multiprocess_mode="mostrecent")


def measure_reports() -> None:
    """Set the gauges from the open reports."""
    OPEN.set(Report.objects.open().count())
    OVERDUE.set(Report.objects.overdue().count())


add_measurement(measure_reports)
