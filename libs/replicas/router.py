"""Chooses the database: the primary, or a replica for the reads of `read_from_replica`."""

import itertools
from collections.abc import Callable
from contextvars import ContextVar
from functools import cached_property
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, OperationalError, connections
from django.http import Http404
from psycopg.errors import QueryCanceled, SerializationFailure

from libs.replicas.connection import is_silent
from libs.replicas.metrics import READS
from libs.replicas.pinning import is_pinned
from libs.replicas.replica import Replica, replicas

Result = TypeVar("Result")

_turns = itertools.count()


class _Choice:
    """The database of one read, chosen at its first query: what a process has in memory needs none."""

    def __init__(self, reader: int) -> None:
        self.reader = reader
        self.replica: Replica | None = None

    @cached_property
    def alias(self) -> str:
        """The alias of a replica or of the primary; raises OperationalError when the replica has just been lost."""
        self.replica = replica = _choose_replica(self.reader)
        if replica is None:
            return DEFAULT_DB_ALIAS
        is_silent.set(replica.is_silent)
        # A lost connection mostly shows here, before the read has done half of its work.
        connections[replica.alias].close_if_health_check_failed()
        connections[replica.alias].ensure_connection()
        return replica.alias


# The choice of the current read; None is the primary.
_current: ContextVar[_Choice | None] = ContextVar("current choice", default=None)


class ReplicaRouter:
    """Django's router: the replica of the current read, and the primary for all else and within transactions."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        """Return the replica of the current read, if any; never that from which an instance was loaded before."""
        choice = _current.get()
        return choice.alias if choice and not connections[DEFAULT_DB_ALIAS].in_atomic_block else DEFAULT_DB_ALIAS

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

    A read without queries chooses none. `read` changes nothing in the database. It is repeated on the primary when the
    replica fails, and when it does not find what it looks for, which the replica may not have yet. A query that takes
    too long is not repeated.
    """
    if not replicas():
        return read()
    choice = _Choice(reader)
    token, silence = _current.set(choice), is_silent.set(is_silent.get())
    try:
        result = read()
    except (DatabaseError, InterfaceError) as error:
        if choice.replica is None or isinstance(error.__cause__, QueryCanceled):
            raise
        # A query that held up the replay too long was cancelled: nothing is wrong with the replica.
        is_conflict = isinstance(error.__cause__, SerializationFailure)
        if isinstance(error, OperationalError | InterfaceError) and not is_conflict:
            choice.replica.pause(error)
    except Http404:
        if choice.replica is None:
            raise
    else:
        if choice.replica:
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
