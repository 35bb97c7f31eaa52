"""The handler of each kind of job."""

from collections.abc import Callable, Collection
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from libs.outbox.errors import UnknownJobKind

Handler = Callable[[dict[str, Any]], None]

# Of kinds that name none.
DEFAULT_LANE = "default"

_handlers: dict[str, Handler] = {}
_lanes: dict[str, str] = {}
_priorities: dict[str, int] = {}


def handles(kind: str, lane: str = DEFAULT_LANE, *, priority: int = 0) -> Callable[[Handler], Handler]:
    """Register the decorated function, in an app's `jobs.py`, as the handler of this kind of job.

    A handler receives the payload and

    - runs outside any transaction, at least once. It may run twice (a worker can die before it records the end), so a
      second run must do no harm, or the step that would calls `libs.outbox.lease.begin_irreversible_step` first;
    - gives every network call a timeout, and together stays well below OUTBOX_LEASE_SECONDS, after which another
      worker takes the job; a longer one calls `libs.outbox.lease.renew_lease` between its steps;
    - raises to be tried again, or PermanentFailure, RetryLater or Postponed of `libs.outbox.errors`. The exception is
      logged and stored in short, so its text must hold no secret.

    Each lane has workers of its own (settings.OUTBOX_WORKERS), so that its jobs wait for those of no other lane. A lane
    belongs to the kind and not to the row, so that rows of other releases are in the right one, too. Within a lane,
    kinds with the highest priority go first.

    Raises ImproperlyConfigured when the kind already has a handler.
    """

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ImproperlyConfigured(f"Jobs named {kind!r} have two handlers: {_handlers[kind]} and {handler}.")
        _handlers[kind], _lanes[kind], _priorities[kind] = handler, lane, priority
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """Return the handler of this kind; raises UnknownJobKind when there is none."""
    try:
        return _handlers[kind]
    except KeyError:
        known = ", ".join(known_kinds()) or "none"
        raise UnknownJobKind(f"No handler for jobs named {kind!r}. Known are: {known}.") from None


def lane_of(kind: str) -> str:
    """Return the lane of this kind."""
    return _lanes.get(kind, DEFAULT_LANE)


def lanes() -> list[str]:
    """Return every lane that has a kind of job, in alphabetical order."""
    return sorted({lane_of(kind) for kind in _handlers})


def kinds_in(chosen: Collection[str]) -> list[str]:
    """Return the kinds of these lanes."""
    return [kind for kind in known_kinds() if lane_of(kind) in chosen]


def priority_of(kind: str) -> int:
    """Return the priority of this kind in its lane; the highest goes first."""
    return _priorities.get(kind, 0)


def known_kinds() -> list[str]:
    """Return every kind that has a handler, in alphabetical order."""
    return sorted(_handlers)
