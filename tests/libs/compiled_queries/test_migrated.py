"""A deploy changes the tables under a server that runs (blue/green), and its prepared statements go on."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.models import Member
from posts.representations import compiled_feed
from tests.factories import PostFactory

ALTER = "ALTER TABLE accounts_member ALTER COLUMN nickname TYPE varchar({})"


@pytest.fixture
def _nickname_as_it_was() -> Iterator[None]:
    yield
    if connection.vendor == "postgresql":
        connection.cursor().execute(ALTER.format(300))


def _as_another_server(statement: str) -> None:
    """Run it over a connection of its own: the one under test would see it and forget its plans."""
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(_run_and_leave, statement).result()


def _run_and_leave(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@pytest.mark.usefixtures("_nickname_as_it_was")
@pytest.mark.django_db(transaction=True)
def test_a_column_that_grows_under_a_kept_plan_stops_no_feed(mina: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite keeps no plans")
    PostFactory.create(author=mina)
    statement = compiled_feed(viewer=mina.pk)
    for _ in range(5):
        statement.rows(None, 3, ascending=False)
    _as_another_server(ALTER.format(301))
    assert len(statement.rows(None, 3, ascending=False)) == 1
