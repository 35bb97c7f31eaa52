"""What every answer passes: its id and its line in the log, and the headers that keep browsers safe."""

import re
from collections.abc import Callable
from secrets import token_hex
from time import perf_counter
from typing import Any, cast

import structlog
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.functional import LazyObject, empty

from config.errors import LengthRequired, answer

GetResponse = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("request")
is_acceptable_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


class HeadMiddleware:
    """Answers HEAD without a body, and with the length a GET would have (RFC 9110, 9.3.2); gunicorn warns otherwise."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = self.get_response(request)
        if request.method != "HEAD":
            return response
        if isinstance(response, StreamingHttpResponse):
            response.streaming_content = ()
        elif isinstance(response, HttpResponse):
            response.headers["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


class RequestLogMiddleware:
    """Gives each request an id (the client's or the edge's X-Request-ID when it is harmless) and writes its one line.

    The line names the route and never the path: paths and queries may hold what nobody should read in a log.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = given if is_acceptable_id(given) else token_hex(16)
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            log.info(
                "request",
                method=request.method,
                route=request.resolver_match.route if request.resolver_match else None,
                status=response.status_code,
                ms=round((perf_counter() - started) * 1000, 1),
                member=_known_member(request),
            )
        finally:
            structlog.contextvars.clear_contextvars()
        return response


def _known_member(request: HttpRequest) -> Any:
    """The id of who asked, if somebody has looked already: the log does not cost a query of its own."""
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)


class ContentSecurityPolicyMiddleware:
    """Tells browsers what a page of ours may load: settings.CONTENT_SECURITY_POLICY, on HTML only."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class AdminOnlyMixin:
    """Before one of Django's own: only the admin has sessions and messages, and the API does not pay for them."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            answer: HttpResponse = super().__call__(request)  # type: ignore[misc]
            return answer
        return cast(HttpResponse, self.get_response(request))


class AdminSessionMiddleware(AdminOnlyMixin, SessionMiddleware):
    """Cookies of moderators."""


class AdminAuthenticationMiddleware(AdminOnlyMixin, AuthenticationMiddleware):
    """Who the cookie is."""


class AdminMessageMiddleware(AdminOnlyMixin, MessageMiddleware):
    """What the admin says after a click."""


class RequireContentLengthMiddleware:
    """Refuses a body whose length is not told in advance: Django would take it for empty, and change nothing."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return answer(LengthRequired(), request)
        return self.get_response(request)


class NoStoreMiddleware:
    """Personal answers of the API stay in no cache on their way, unless the view says otherwise (RFC 9111, 5.2.2.5)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
