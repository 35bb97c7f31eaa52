"""Middleware that translates every error at the paths of the app into its error format."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from socket import SHUT_RDWR
from threading import Timer
from time import monotonic
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from android.error_codes import CLOSE_CONNECTION, app_error_for
from android.metrics import count_call

PATH_PREFIXES = ("/auth/", "/member/", "/post/")
# The limit of the proxy in front (deploy/nginx): a body up to this size is read before it is refused. Bytes.
MAX_BODY_BYTES = 110 * 1_048_576
CHUNK_BYTES = 65_536
# A client that sends a refused upload for longer gets no response. Seconds.
MAX_READ_SECONDS = 60.0


class ErrorTranslation:
    """Translate errors at the paths of the app; leave all other paths alone.

    Views, unknown paths, rate limits and crashes answer with a problem, as in v1. The response becomes the app's
    `{status, code, message}`, or the connection is closed where the app must not get a response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {"Cache-Control": "no-store", **_deprecation_headers()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(PATH_PREFIXES):
            return response
        call = request.resolver_match.url_name if request.resolver_match else ""
        code = _translate(call or "", request, response) if response.status_code >= 300 else ""
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        count_call(call or "unrouted", code or "ok")
        return response


def _translate(call: str, request: HttpRequest, response: HttpResponse) -> str:
    """Replace an error response by one of the app; return the code it gets."""
    problem = _problem(response)
    # Refused before routing, as under an unknown host name: the login is not at fault.
    is_unrouted = request.resolver_match is None and response.status_code != 404
    error = CLOSE_CONNECTION if is_unrouted else app_error_for(call, problem["code"], response.status_code)
    if (error is None or not _read_to_end(request)) and _close_connection(request):
        return "closed"
    response.status_code, code = error or (503, "GLOBAL_006")
    response.content = orjson.dumps({"status": response.status_code, "code": code, "message": _message(problem)})
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Length"] = str(len(response.content))
    return code


def _problem(response: HttpResponse) -> dict[str, Any]:
    """Return the problem of an error response; any other format counts as an internal error."""
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        problem: dict[str, Any] = orjson.loads(response.content)
        return problem
    return {"code": "internal_error", "detail": response.reason_phrase}


def _message(problem: dict[str, Any]) -> str:
    """Return a sentence for developers; the app does not show it."""
    first = next(iter(problem.get("errors", ())), None)
    return ": ".join(filter(None, (first["field"], first["detail"]))) if first else problem["detail"]


def _close_connection(request: HttpRequest) -> bool:
    """Close the connection without a response; return False where the server does not expose it, as in tests."""
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        return False
    # The client may have closed it already.
    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)
    return True


def _read_to_end(request: HttpRequest) -> bool:
    """Read the rest of the body: a response before the end of an upload is a network error to the app.

    Return False when the client stopped sending: half of a renewal is no reason to refuse it.
    """
    body, left, until = request.META["wsgi.input"], MAX_BODY_BYTES, monotonic() + MAX_READ_SECONDS
    # `failed` is set where reading failed once; another try would wait for the timeout again.
    with suppress(OSError), _time_limit(request):
        while not getattr(body, "failed", False) and left > 0 and monotonic() < until:
            chunk = request.read(CHUNK_BYTES)
            if not chunk:
                break
            left -= len(chunk)
    return not getattr(body, "failed", False)


@contextmanager
def _time_limit(request: HttpRequest) -> Iterator[None]:
    """Close the connection after MAX_READ_SECONDS, also while a read waits for a slow client."""
    overdue = Timer(MAX_READ_SECONDS, _close_connection, [request])
    overdue.daemon = True
    overdue.start()
    try:
        yield
    finally:
        overdue.cancel()


def _deprecation_headers() -> dict[str, str]:
    """Return the headers Deprecation (RFC 9745), Link where docs are shown, and Sunset (RFC 8594) once it is set."""
    headers = {"Deprecation": f"@{int(_midnight(settings.ANDROID_DEPRECATION_DATE).timestamp())}"}
    if settings.API_DOCS:
        headers["Link"] = f'<{settings.PUBLIC_URL}/docs/android/>; rel="deprecation"; type="text/html"'
    if settings.ANDROID_SUNSET_DATE:
        headers["Sunset"] = format_datetime(_midnight(settings.ANDROID_SUNSET_DATE), usegmt=True)
    return headers


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
