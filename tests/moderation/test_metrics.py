"""Operators see in the metrics that reports wait."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from prometheus_client import REGISTRY

from libs.outbox.queue_monitor import QueueMonitor
from moderation.models import Report
from moderation.reporting import report_member
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


def counts() -> tuple[float | None, float | None]:
    QueueMonitor().measure_if_due()
    open_reports, overdue = (REGISTRY.get_sample_value(f"h2h_reports_{name}") for name in ("open", "overdue"))
    return open_reports, overdue


def test_a_report_is_overdue_after_a_day_until_it_is_decided() -> None:
    mina, jun, sora = MemberFactory.create_batch(3)
    with time_machine.travel(timezone.now() - timedelta(hours=25)):
        old, _ = report_member(mina, jun.pk, reason="spam", text="")
    report_member(mina, sora.pk, reason="spam", text="")
    assert counts() == (2, 1)
    Report.objects.filter(pk=old.pk).close(Report.DISMISSED, 1)
    assert counts() == (1, 0)
