"""Check of the connection that a request came by."""

import select
from typing import Any

from libs.client_connection.errors import ClientDisconnected

# Reported when the other side has closed its half of the connection, also while unread data lie before that. Linux
# only; other systems report POLLHUP, which needs no asking.
CLOSED_BY_PEER = getattr(select, "POLLRDHUP", 0)


def require_client(request: Any) -> None:
    """Raise ClientDisconnected when the client of the request has closed its connection.

    `request` is Django's or REST framework's. A server that does not show the connection counts as connected.
    """
    connection = request.META.get("gunicorn.socket")
    if connection is not None and _is_closed(connection):
        raise ClientDisconnected


def _is_closed(connection: Any) -> bool:
    poll = select.poll()
    try:
        poll.register(connection, CLOSED_BY_PEER)
    except ValueError:
        # The socket has no descriptor any more.
        return True
    return bool(poll.poll(0))
