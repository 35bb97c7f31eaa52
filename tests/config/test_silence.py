"""A client that falls silent in the middle of a request does not keep a thread."""

import socket

import pytest

from config.gunicorn import set_socket_timeouts


def test_a_connection_takes_the_bound_on_silence_from_its_listener() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        set_socket_timeouts(listener, 1)
        with socket.create_connection(listener.getsockname()) as phone:
            phone.sendall(b"POST /api/v1/se")
            connection, _ = listener.accept()
            with connection:
                # As gunicorn does, which takes Python's own timeout away.
                connection.setblocking(True)
                assert connection.recv(100) == b"POST /api/v1/se"
                with pytest.raises(BlockingIOError):
                    connection.recv(100)
