"""What every answer to the app passes: refusals are put into its words, whoever made them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import format_datetime
from socket import SHUT_RDWR
from typing import Any

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from android.codes import told
from android.usage import count

ADDRESSES = ("/auth/", "/member/", "/post/")
# Seven pictures of 10 MiB and their frame: what the app may have under way when it is refused. Bytes.
LARGEST_BODY = 7 * 10_485_760 + 1_048_576
PIECE = 65_536
# Since when v1 is there to be used instead (RFC 9745: seconds since 1970).
DEPRECATED = f"@{int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())}"


class AppWire:
    """Middleware that speaks the app's language at the app's addresses; elsewhere it is not there.

    A view refuses as v1 does, with a problem; so do unrouted addresses, limits and faults. What leaves is the app's
    `{status, code, message}`, or a closed connection where the app must not hear anything.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.headers = {"Cache-Control": "no-store", "Deprecation": DEPRECATED, **_links()}

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
    heard = told(call, problem["code"], response.status_code)
    if heard is None and _hang_up(request):
        return "hung up"
    _read_to_the_end(request)
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
    return f"{first['field']}: {first['detail']}" if first else problem["detail"]


def _hang_up(request: HttpRequest) -> bool:
    """Close the connection without a word; False where the server does not hand it out, as in tests."""
    connection = request.META.get("gunicorn.socket")
    if connection is None:
        return False
    # Whoever is gone already needs no closing.
    with suppress(OSError):
        connection.shutdown(SHUT_RDWR)
    return True


def _read_to_the_end(request: HttpRequest) -> None:
    """Take what the app is still sending: an answer before the end of an upload is a network error to it."""
    left = LARGEST_BODY
    with suppress(OSError):
        while left > 0 and (piece := request.read(PIECE)):
            left -= len(piece)


def _links() -> dict[str, str]:
    """Where the end of this wire is told (RFC 9745, RFC 8594)."""
    links = {"Link": f'<{settings.PUBLIC_URL}/docs/android/>; rel="deprecation"; type="text/html"'}
    if settings.ANDROID_SUNSET:
        sunset = datetime.fromisoformat(settings.ANDROID_SUNSET).replace(tzinfo=UTC)
        links["Sunset"] = format_datetime(sunset, usegmt=True)
    return links
