"""Chooses the database: the primary, or a replica for the reads of `read_from_replica`."""

import itertools
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.http import Http404
from psycopg.errors import QueryCanceled, SerializationFailure
from psycopg_pool import PoolTimeout

from libs.replicas.connection import is_silent
from libs.replicas.metrics import READS
from libs.replicas.pinning import is_pinned
from libs.replicas.replica import Replica, replicas

Result = TypeVar("Result")

# The replica of the current read; None is the primary.
_current: ContextVar[str | None] = ContextVar("current replica", default=None)
_turns = itertools.count()


class ReplicaRouter:
    """Django's router: the replica of the current read, and the primary for all else and within transactions."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the replica of the current read, if any; never that from which an instance was loaded before."""
        replica = _current.get()
        return replica if replica and not connections[DEFAULT_DB_ALIAS].in_atomic_block else DEFAULT_DB_ALIAS

    def db_for_write(self, model: Any, **hints: Any) -> str:
        """Return the primary."""
        return DEFAULT_DB_ALIAS

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        """Allow all relations, since all databases hold the same rows."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Migrate the primary only; replicas follow it."""
        return db == DEFAULT_DB_ALIAS


def read_from_replica(read: Callable[[], Result], reader: int) -> Result:
    """Return the result of `read`, whose queries use a replica if there is one for this reader.

    `read` changes nothing in the database. It is repeated on the primary when the replica fails, and when it does not
    find what it looks for, which the replica may not have yet. A query that takes too long is not repeated.
    """
    if not replicas():
        return read()
    replica = _choose_replica(reader)
    if replica is None:
        return read()
    token, silence = _current.set(replica.alias), is_silent.set(replica.is_silent)
    try:
        # A lost connection mostly shows here, before `read` has done half of its work.
        connections[replica.alias].ensure_connection()
        result = read()
    except (DatabaseError, InterfaceError, PoolTimeout) as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise
        # A query that held up the replay too long was cancelled: nothing is wrong with the replica.
        is_conflict = isinstance(error.__cause__, SerializationFailure)
        if isinstance(error, OperationalError | InterfaceError | PoolTimeout) and not is_conflict:
            replica.pause(error)
    except Http404:
        pass
    else:
        READS.labels("replica").inc()
        return result
    finally:
        _current.reset(token)
        is_silent.reset(silence)
    READS.labels("repeated").inc()
    return read()


def read_from_primary(read: Callable[[], Result]) -> Result:
    """Return the result of `read`, whose queries use the primary, also within `read_from_replica`."""
    token = _current.set(None)
    try:
        return read()
    finally:
        _current.reset(token)


def _choose_replica(reader: int) -> Replica | None:
    usable = [replica for replica in replicas() if replica.is_usable()]
    if not usable:
        READS.labels("unusable").inc()
        return None
    if is_pinned(reader):
        READS.labels("pinned").inc()
        return None
    return usable[next(_turns) % len(usable)]
