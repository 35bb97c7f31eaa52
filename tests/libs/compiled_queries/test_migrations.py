"""Prepared statements survive a migration of another release on the same database (blue/green)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Member
from posts.representations import compiled_feed
from tests.factories import PostFactory

ALTER = "ALTER TABLE accounts_member ALTER COLUMN nickname TYPE varchar({})"


@pytest.fixture
def _restore_nickname() -> Iterator[None]:
    yield
    if connection.vendor == "postgresql":
        connection.cursor().execute(ALTER.format(300))


def _run_on_another_connection(statement: str) -> None:
    """Run it on another connection, because the one under test would see it and drop its plans."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(_run_and_close, statement).result()


def _run_and_close(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.mark.usefixtures("_restore_nickname")
@pytest.mark.django_db(transaction=True)
def test_a_column_that_grows_under_a_prepared_plan_stops_no_feed(mina: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no prepared plans")
    PostFactory.create(author=mina)
    statement = compiled_feed(viewer=mina.pk)
    for _ in range(5):
        statement.rows(None, 3, ascending=False)
    _run_on_another_connection(ALTER.format(301))
    assert len(statement.rows(None, 3, ascending=False)) == 1


@pytest.mark.usefixtures("_restore_nickname")
@pytest.mark.django_db(transaction=True)
def test_a_column_that_grows_under_a_plan_stops_one_transaction_and_no_later_one(mina: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no prepared plans")

    def lock() -> Any:
        with transaction.atomic():
            return Member.objects.lock(mina.pk)

    for _ in range(5):
        assert lock() == mina
    _run_on_another_connection(ALTER.format(301))
    # The API answers 503, after which clients repeat their request.
    with pytest.raises(OperationalError):
        lock()
    assert lock() == mina
