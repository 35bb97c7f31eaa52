"""A client that stops sending in the middle of a request does not keep a thread."""

import socket

import pytest

from config.gunicorn import set_socket_timeouts

pytestmark = pytest.mark.one_leg


def test_accepted_connections_inherit_the_timeouts_of_their_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        set_socket_timeouts(listener, 1)
        with socket.create_connection(listener.getsockname()) as client:
            client.sendall(b"POST /api/v1/se")
            connection, _ = listener.accept()
            with connection:
                # gunicorn removes the timeout of Python in the same way.
                connection.setblocking(True)
                assert connection.recv(100) == b"POST /api/v1/se"
                with pytest.raises(BlockingIOError):
                    connection.recv(100)
