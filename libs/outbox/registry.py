"""Which function does which kind of job."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from libs.outbox.errors import UnknownJobKind

Handler = Callable[[dict[str, Any]], None]

_handlers: dict[str, Handler] = {}


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Decorate the function that does jobs of this kind; it stands in an app's `jobs.py`.

    A handler gets the payload: ids, and nothing that may not lie in the database for days. It runs outside any
    transaction, at least once and now and then twice (a worker may die between the effect and the note of it), so a
    second run must do no harm. It bounds its own waiting: every call to the network has a timeout, and all of them
    together stay well below OUTBOX_LEASE_SECONDS, for after that another worker takes the job too; a long handler
    calls `libs.outbox.lease.renew_lease` between its steps. To be tried again it raises; what it raises is logged
    and kept in short, so no secret belongs in the text of an exception.

    Raises ImproperlyConfigured when the kind has a handler already.
    """

    def register(handler: Handler) -> Handler:
        if kind in _handlers:
            raise ImproperlyConfigured(f"Jobs named {kind!r} have two handlers: {_handlers[kind]} and {handler}.")
        _handlers[kind] = handler
        return handler

    return register


def handler_of(kind: str) -> Handler:
    """The function that does jobs of this kind; raises UnknownJobKind when there is none."""
    try:
        return _handlers[kind]
    except KeyError:
        raise UnknownJobKind(
            f"No handler for jobs named {kind!r}. Known are: {', '.join(known_kinds()) or 'none'}."
        ) from None


def known_kinds() -> list[str]:
    """Every kind that has a handler, in alphabetical order."""
    return sorted(_handlers)
