"""A database that takes what it is sent and replies nothing, and statements that may take their time."""

from collections.abc import Iterator
from contextlib import closing

import pytest
import pytest_django
from django.db import DataError, OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from libs.postgresql import base
from libs.postgresql.errors import DatabaseAway
from libs.postgresql.timeouts import without_timeouts
from tests.cuttable_proxy import SlowProxy
from tests.libs.postgresql.test_circuit_breaker import CALLERS, Database, database
from tests.redis_outages import StoppedClock

pytestmark = pytest.mark.one_leg


@pytest.fixture(autouse=True)
def _short_timeouts(
    django_db_blocker: pytest_django.DjangoDbBlocker, settings: pytest_django.Settings
) -> Iterator[None]:
    settings.DATABASE_STATEMENT_TIMEOUT = 200
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def proxy(postgres_url: str) -> Iterator[SlowProxy]:
    proxy = SlowProxy(postgres_url)
    yield proxy
    proxy.release()


@pytest.fixture
def frozen(proxy: SlowProxy, clock: StoppedClock) -> Iterator[Database]:
    """A database that has frozen while all threads have connections."""
    with database(proxy.url) as there:
        assert {there.ask(), *there.ask_at_once()} == {"ok"}
        proxy.hold()
        yield there
        proxy.release()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> StoppedClock:
    return StoppedClock(monkeypatch)


def test_after_the_first_statement_without_a_reply_all_others_are_refused(frozen: Database) -> None:
    assert frozen.ask() is OperationalError
    assert frozen.ask_at_once() == [DatabaseAway] * CALLERS
    assert frozen.is_open


def test_no_connection_from_before_the_silence_counts_as_an_answer(frozen: Database, clock: StoppedClock) -> None:
    frozen.ask()
    clock.shift(base.PAUSE_SECONDS)
    assert frozen.ask() is OperationalError
    assert (frozen.ask(), frozen.is_open) == (DatabaseAway, True)


def test_a_database_that_replies_again_is_used_after_a_pause(
    frozen: Database, proxy: SlowProxy, clock: StoppedClock
) -> None:
    frozen.ask()
    proxy.release()
    clock.shift(base.PAUSE_SECONDS)
    assert (frozen.ask(), frozen.is_open) == ("ok", False)


def test_a_statement_without_timeouts_may_take_longer_than_others(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "REPLY_MARGIN_SECONDS", 0)
    with database(postgres_url) as there:
        assert there.ask("SELECT pg_sleep(0.4)") is OperationalError
    with database(postgres_url) as there, closing(there.connections[there.alias]) as connection:
        with connection.cursor() as cursor, without_timeouts(connection, cursor.execute):
            cursor.execute("SELECT pg_sleep(0.4)")
        with connection.cursor() as cursor, pytest.raises(OperationalError):
            cursor.execute("SELECT pg_sleep(0.4)")


@pytest.fixture
def connection(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[BaseDatabaseWrapper]:
    """A connection with timeouts of its own."""
    monkeypatch.setenv("PGOPTIONS", "-c statement_timeout=5s -c lock_timeout=3s")
    with database(postgres_url) as there, closing(there.connections[there.alias]) as connection:
        yield connection


@pytest.mark.parametrize("begin", ["SELECT 1", "BEGIN"])
def test_the_timeouts_count_again_after_a_statement_without_them_has_failed(
    connection: BaseDatabaseWrapper, begin: str
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(begin)
        with pytest.raises(DataError), without_timeouts(connection, cursor.execute):
            cursor.execute("SELECT 1 / 0")
        cursor.execute("ROLLBACK")
        cursor.execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert cursor.fetchone() == ("5s", "3s")


def test_a_connection_lost_without_timeouts_is_what_the_caller_learns_of(connection: BaseDatabaseWrapper) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(OperationalError, match="terminating connection"),
        without_timeouts(connection, cursor.execute),
    ):
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
