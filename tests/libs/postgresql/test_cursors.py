"""Statements on PostgreSQL are measured, compiled ones included."""

import pytest
from django.db import DatabaseError, connection, transaction
from prometheus_client import REGISTRY

from accounts.models import Member
from tests.factories import MemberFactory

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL only"),
]


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"alias": "default", "vendor": "postgresql", **labels}) or 0


def test_statements_are_counted_with_their_time_compiled_or_not() -> None:
    member = MemberFactory.create()
    before = value("django_db_query_duration_seconds_count")
    assert Member.objects.find_by_email(member.email) == member
    assert Member.objects.filter(pk=member.pk).exists()
    assert value("django_db_query_duration_seconds_count") == before + 2


def test_statements_that_fail_are_counted_by_their_error() -> None:
    before = value("django_db_errors_total", type="ProgrammingError")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM nowhere")
    assert value("django_db_errors_total", type="ProgrammingError") == before + 1
