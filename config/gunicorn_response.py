"""gunicorn's response, with its head and its body in one send."""

from typing import Any

from gunicorn.http import wsgi


class SingleSendResponse(wsgi.Response):  # type: ignore[misc]
    """A response whose head is sent together with the first piece of its body.

    gunicorn sends them one after the other. If the process is killed in between, a proxy has passed on the head and can
    no longer repeat the request elsewhere: the client gets half a response. It also saves the proxy a read.
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.headers_sent: bool = False
        self._unsent_head = b""

    def can_sendfile(self) -> bool:
        """Send files like other bodies: the system call would not know the head (gunicorn's hook)."""
        return False

    def send_headers(self) -> None:
        """Keep the head for the first piece of the body (gunicorn's hook)."""
        if not self.headers_sent:
            lines = [*self.default_headers(), *(f"{name}: {value}\r\n" for name, value in self.headers), "\r\n"]
            self._unsent_head = "".join(lines).encode("latin-1")
            self.headers_sent = True

    def close(self) -> None:
        """Send what is left, which is the head if there was no body (gunicorn's hook)."""
        self.send_headers()
        self._flush_head()
        super().close()

    def _emit_body(self, data: bytes) -> None:
        if self.chunked:
            self._flush_head()
            super()._emit_body(data)
        else:
            head, self._unsent_head = self._unsent_head, b""
            self.sock.sendall(head + data)

    def _flush_head(self) -> None:
        head, self._unsent_head = self._unsent_head, b""
        if head:
            self.sock.sendall(head)


def use_for_all_requests() -> None:
    """Have gunicorn make these responses; it has no setting for their class."""
    wsgi.Response = SingleSendResponse
