"""Prometheus gauges of the queue of reports."""

from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone
from prometheus_client import Gauge

from libs.outbox.queue_monitor import add_measurement
from moderation.models import Report

# A report is to be decided within so many hours, as the app stores expect. Hours.
DECIDE_WITHIN_HOURS = 24

# Every process counts the same table, so the most recent value is right, even if its process has ended.
OPEN = Gauge("h2h_reports_open", "Reports that nobody has decided.", multiprocess_mode="mostrecent")
OVERDUE = Gauge("h2h_reports_overdue", "Open reports older than 24 hours.", multiprocess_mode="mostrecent")


def measure_reports() -> None:
    """Set the gauges from the open reports."""
    overdue = Q(created_at__lt=timezone.now() - timedelta(hours=DECIDE_WITHIN_HOURS))
    counts = Report.objects.open().aggregate(open=Count("pk"), overdue=Count("pk", filter=overdue))
    OPEN.set(counts["open"])
    OVERDUE.set(counts["overdue"])


add_measurement(measure_reports)
