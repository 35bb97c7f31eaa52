"""What every answer to the app passes: refusals are put into its words, whoever made them."""

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

from android.error_codes import HANG_UP, told
from android.usage import count

ADDRESSES = ("/auth/", "/member/", "/post/")
# What the proxy in front lets through (deploy/nginx): whatever gets here is read before it is refused. Bytes.
LARGEST_BODY = 110 * 1_048_576
PIECE = 65_536
# Whoever sends a refused upload for longer does not wait for its answer. Seconds.
LONGEST_READ = 60.0


class AppWire:
    """Middleware that speaks the app's language at the app's addresses; elsewhere it is not there.

    A view refuses as v1 does, with a problem; so do unrouted addresses, limits and faults. What leaves is the app's
    `{status, code, message}`, or a closed connection where the app must not hear anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {"Cache-Control": "no-store", **_farewell()}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path_info.startswith(ADDRESSES):
            return response
        call = request.resolver_match.url_name if request.resolver_match else ""
        code = _translate(call or "", request, response) if response.status_code >= 300 else ""
        for name, value in self.headers.items():
            response.headers.setdefault(name, value)
        count(call or "unrouted", code or "ok")
        return response


def _translate(call: str, request: HttpRequest, response: HttpResponse) -> str:
    """Put a refusal into the app's words; the code it hears."""
    problem = _problem(response)
    # Refused on the way to a call, as under a host name that we do not know: that is no fault of anybody's login.
    is_on_its_way = request.resolver_match is None and response.status_code != 404
    heard = HANG_UP if is_on_its_way else told(call, problem["code"], response.status_code)
    if (heard is None or not _is_read_to_its_end(request)) and _hang_up(request):
        return "hung up"
    response.status_code, code = heard or (503, "GLOBAL_006")
    response.content = orjson.dumps({"status": response.status_code, "code": code, "message": _message(problem)})
    response.headers["Content-Type"] = "application/json"
    response.headers["Content-Length"] = str(len(response.content))
    return code


def _problem(response: HttpResponse) -> dict[str, Any]:
    """The problem of a refusal; what is none (nothing of ours makes one here) is a fault."""
    if response.headers.get("Content-Type", "").startswith("application/problem+json"):
        problem: dict[str, Any] = orjson.loads(response.content)
        return problem
    return {"code": "internal_error", "detail": response.reason_phrase}


def _message(problem: dict[str, Any]) -> str:
    """A sentence for whoever reads the wire; the app shows none."""
    first = next(iter(problem.get("errors", ())), None)
    return ": ".join(filter(None, (first["field"], first["detail"]))) if first else problem["detail"]


def _hang_up(request: HttpRequest) -> bool:
    """Close the connection without a word; False where the server does not hand it out, as in tests."""
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        return False
    # Whoever is gone already needs no closing.
    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)
    return True


def _is_read_to_its_end(request: HttpRequest) -> bool:
    """Take what the app is still sending: an answer before the end of an upload is a network error to it.

    False for a request that fell silent: half of a renewal is no reason to refuse it.
    """
    body, left, until = request.META["wsgi.input"], LARGEST_BODY, monotonic() + LONGEST_READ
    # gunicorn's word for a body that could not be read; to try again is to wait again.
    with suppress(OSError), _cut_at_the_end(request):
        while not getattr(body, "failed", False) and left > 0 and monotonic() < until:
            piece = request.read(PIECE)
            if not piece:
                break
            left -= len(piece)
    return not getattr(body, "failed", False)


@contextmanager
def _cut_at_the_end(request: HttpRequest) -> Iterator[None]:
    """Close the connection after LONGEST_READ: whoever waits for a piece that drips in looks at no clock."""
    overdue = Timer(LONGEST_READ, _hang_up, [request])
    overdue.daemon = True
    overdue.start()
    try:
        yield
    finally:
        overdue.cancel()


def _farewell() -> dict[str, str]:
    """That this wire is going: since when (RFC 9745), where that is told if it is, and until when (RFC 8594)."""
    headers = {"Deprecation": f"@{int(_midnight(settings.ANDROID_DEPRECATION_DATE).timestamp())}"}
    if settings.API_DOCS:
        headers["Link"] = f'<{settings.PUBLIC_URL}/docs/android/>; rel="deprecation"; type="text/html"'
    if settings.ANDROID_SUNSET_DATE:
        headers["Sunset"] = format_datetime(_midnight(settings.ANDROID_SUNSET_DATE), usegmt=True)
    return headers


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)
