"""gunicorn's worker class with problem+json errors for requests that it cannot parse, and its log."""

import socket
from contextlib import suppress
from importlib import import_module
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import structlog
from django.http import HttpResponse
from django.utils import translation
from gunicorn.glogging import Logger
from gunicorn.workers.gthread import ThreadWorker

log = structlog.get_logger("unreadable")


class ErrorLogger(Logger):  # type: ignore[misc]
    """gunicorn's log of errors; its access log would prepare a line for each request, which nobody writes."""

    access_log_enabled = False


class ProblemWorker(ThreadWorker):  # type: ignore[misc]
    """A threaded worker that answers unreadable requests with problem+json, where gunicorn would send HTML."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: Exception) -> None:
        """Send the problem for an error of the parser, and log it without any content of the request."""
        # Models can only be imported after Django's setup, which is later than the import of this class.
        errors = import_module("libs.api.problems")
        refusal, request_id = errors.to_api_exception(exc), token_hex(16)
        fault = exc if refusal.status_code >= 500 else None
        log.warning("not a request", kind=type(exc).__name__, request_id=request_id, exc_info=fault)
        # The thread may still have the language of its last request.
        with translation.override("en"), suppress(OSError):
            client.sendall(
                serialize_response(errors.problem_response(refusal, SimpleNamespace(request_id=request_id)), request_id)
            )


def serialize_response(response: HttpResponse, request_id: str) -> bytes:
    """Return the bytes of the last response on a connection (RFC 9112)."""
    extra = {"X-Request-ID": request_id, "Content-Length": str(len(response.content)), "Connection": "close"}
    head = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    head += [f"{name}: {value}" for name, value in (dict(response.items()) | extra).items()]
    return "\r\n".join([*head, "", ""]).encode("ascii") + response.content
