"""gunicorn's worker, with our words for what it cannot read: its own are a page of HTML."""

import socket
from contextlib import suppress
from importlib import import_module
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import structlog
from django.http import HttpResponse
from django.utils import translation
from gunicorn.workers.gthread import ThreadWorker

log = structlog.get_logger("unreadable")


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """Threads, and one shape for every refusal."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Send the problem of what the parser raised, and leave a line that repeats nothing of what was sent."""
        # Models can be imported only when Django is set up, which is after gunicorn looks for this class.
        errors = import_module("config.errors")
        refusal, request_id = errors.refusal_of(exc), token_hex(16)
        fault = exc if refusal.status_code >= 500 else None
        log.warning("not a request", kind=type(exc).__name__, request_id=request_id, exc_info=fault)
        # The language that the last request of this thread was answered in is nobody's here.
        with translation.override("en"), suppress(OSError):
            client.sendall(
                serialize_response(errors.answer(refusal, SimpleNamespace(request_id=request_id)), request_id)
            )


def serialize_response(response: HttpResponse, request_id: str) -> bytes:
    """The bytes of the last answer on a connection (RFC 9112)."""
    last = {"X-Request-ID": request_id, "Content-Length": str(len(response.content)), "Connection": "close"}
    head = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    head += [f"{name}: {value}" for name, value in (dict(response.items()) | last).items()]
    return "\r\n".join([*head, "", ""]).encode("ascii") + response.content
