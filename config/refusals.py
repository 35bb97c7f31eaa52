"""Responses of the worker process itself, to requests that reach neither Django nor its middleware."""

import functools
import time
from secrets import token_hex
from types import SimpleNamespace

import structlog
from django.http import HttpResponse
from django.utils import translation
from prometheus_client import Counter
from rest_framework.exceptions import APIException

from android.middleware import PATH_PREFIXES
from libs.api.errors import ServiceUnavailable
from libs.api.problems import problem_response, to_api_exception

REFUSED = Counter("h2h_requests_refused", "Requests that were refused because too many waited for a thread.")
# Time between two log lines about requests that are refused. Seconds.
LOG_SECONDS = 10.0
# In place of the id in the prepared response.
NO_ID = "0" * 32

log = structlog.get_logger("refusals")
_log_from = 0.0


def refuse_unreadable(exc: Exception) -> bytes:
    """Return the response to an error of the parser, and log it without any content of the request."""
    refusal, request_id = to_api_exception(exc), token_hex(16)
    fault = exc if refusal.status_code >= 500 else None
    log.warning("not a request", kind=type(exc).__name__, request_id=request_id, exc_info=fault)
    return _serialize(refusal, request_id)


def refuse_overload(path: str) -> bytes:
    """Return the response to a request at the path above the capacity of the process; empty for none.

    None is for the Android app, which would log its user out (docs/android.md), and for a path that is not known yet.
    """
    global _log_from
    REFUSED.inc()
    if time.monotonic() >= _log_from:
        _log_from = time.monotonic() + LOG_SECONDS
        log.warning("refusing requests, because too many wait for a thread")
    if not path or path.startswith(PATH_PREFIXES):
        return b""
    return _prepare_overload().replace(NO_ID.encode(), token_hex(16).encode())


@functools.cache
def _prepare_overload() -> bytes:
    # Rendering it anew each time would take a tenth of what a page takes.
    return _serialize(ServiceUnavailable(), NO_ID)


def _serialize(refusal: APIException, request_id: str) -> bytes:
    # The thread may still have the language of its last request.
    with translation.override("en"):
        return serialize_response(problem_response(refusal, SimpleNamespace(request_id=request_id)), request_id)  # type: ignore[arg-type]


def serialize_response(response: HttpResponse, request_id: str) -> bytes:
    """Return the bytes of the last response on a connection (RFC 9112)."""
    extra = {"X-Request-ID": request_id, "Content-Length": str(len(response.content)), "Connection": "close"}
    head = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    head += [f"{name}: {value}" for name, value in (dict(response.items()) | extra).items()]
    return "\r\n".join([*head, "", ""]).encode("ascii") + response.content
