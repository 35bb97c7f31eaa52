"""Middleware of the project: request ids and the request log, HEAD responses, security headers, admin sessions."""

import re
from collections.abc import Callable
from functools import lru_cache
from secrets import token_hex
from time import perf_counter
from typing import Any, cast

import structlog
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.request import split_domain_port
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import LazyObject, empty
from django_otp.middleware import OTPMiddleware

from accounts.sessions import devices
from config.request_metrics import record_request
from libs.api.errors import LengthRequired, NotFound
from libs.api.problems import problem_response

GetResponse = Callable[[HttpRequest], HttpResponse]

log = structlog.get_logger("request")
# A language with its weight, if that is not 0 (RFC 9110, 12.4.2 and 12.5.4).
ACCEPTED_LANGUAGE = re.compile(
    r"(\*|[a-z]{1,8}(-[a-z0-9]{1,8})*)(\s*;\s*q=(0\.\d{0,2}[1-9]\d*|1(\.0*)?))?", re.IGNORECASE | re.ASCII
)
ADMIN_PATH = re.compile("/admin(/|$)")
is_valid_request_id = re.compile(r"[A-Za-z0-9._-]{8,64}").fullmatch


class HeadMiddleware:
    """Send HEAD responses without a body, with the Content-Length of a GET (RFC 9110, 9.3.2)."""

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
    """Give each request an id, write one log line for it, and count it.

    A valid X-Request-ID of the client or the proxy is used. The line has the route instead of the path, because paths
    and queries may contain personal data.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        started = perf_counter()
        received = request.META.get("HTTP_X_REQUEST_ID", "")
        request_id = received if is_valid_request_id(received) else token_hex(16)
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            seconds = perf_counter() - started
            record_request(request, response.status_code, seconds)
            log.info(
                "request",
                method=request.method,
                route=request.resolver_match.route if request.resolver_match else None,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
                member=_loaded_member_id(request),
            )
        finally:
            structlog.contextvars.clear_contextvars()
        return response


def _loaded_member_id(request: HttpRequest) -> Any:
    # A lazy user that nobody has read yet stays unread: the log must not cost a query.
    user = request.__dict__.get("user")
    if isinstance(user, LazyObject) and user.__dict__["_wrapped"] is empty:
        return None
    return getattr(user, "pk", None)


class ContentSecurityPolicyMiddleware:
    """Add settings.CONTENT_SECURITY_POLICY to HTML responses."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.policy = "; ".join(f"{name} {value}" for name, value in settings.CONTENT_SECURITY_POLICY.items())

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Security-Policy", self.policy)
        return response


class AdminHostMiddleware:
    """Serve the admin on settings.ADMIN_HOST only, and nothing else there but static files."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.ADMIN_HOST:
            return self.get_response(request)
        is_admin_host = split_domain_port(request.get_host())[0] == settings.ADMIN_HOST.lower()
        if is_admin_host and request.path_info == "/":
            return redirect("/admin/")
        if is_admin_host == bool(ADMIN_PATH.match(request.path_info)):
            return self.get_response(request)
        return problem_response(NotFound(), request)


class AdminOnlyMixin:
    """Skip a middleware outside /admin/, so that the API does not pay for sessions and messages."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith("/admin/"):
            response: HttpResponse = super().__call__(request)  # type: ignore[misc]
            return response
        return cast(HttpResponse, self.get_response(request))


class AdminSessionMiddleware(AdminOnlyMixin, SessionMiddleware):
    """Django's sessions, in the admin only."""


class AdminAuthenticationMiddleware(AdminOnlyMixin, AuthenticationMiddleware):
    """`request.user` from the session, in the admin only."""


class AdminSecondFactorMiddleware(AdminOnlyMixin, OTPMiddleware):  # type: ignore[misc]
    """The second factor of `request.user` from the session, in the admin only."""


class AdminDeviceMiddleware:
    """Store in a moderator's browser the secret that shows that they have logged in from it."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if secret := getattr(request, "device_secret", ""):
            response.set_cookie(
                devices.COOKIE,
                secret,
                max_age=devices.MAX_AGE,
                path="/admin/",
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
        return response


class AdminMessageMiddleware(AdminOnlyMixin, MessageMiddleware):
    """Django's messages, in the admin only."""


class AcceptedLanguageMiddleware:
    """Activate the language that the client likes best, without those that it refuses (`ko;q=0`).

    Django's own middleware takes a weight of 0 for the least liked language, ignores all languages if one is malformed
    or empty, and looks for languages in the path and in a cookie, which nothing here has.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = _best_language(request.META.get("HTTP_ACCEPT_LANGUAGE", ""))
        translation.activate(language)
        request.LANGUAGE_CODE = language
        response = self.get_response(request)
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", language)
        return response


@lru_cache(maxsize=1_000)
def _best_language(accepted: str) -> str:
    request = HttpRequest()
    languages = filter(ACCEPTED_LANGUAGE.fullmatch, map(str.strip, accepted.split(",")))
    request.META["HTTP_ACCEPT_LANGUAGE"] = ",".join(languages)
    return translation.get_language_from_request(request)


class RequireContentLengthMiddleware:
    """Answer 411 to a chunked body without Content-Length, which Django would take for an empty one."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return problem_response(LengthRequired(), request)
        return self.get_response(request)


class NoStoreMiddleware:
    """Forbid caches to store API responses, unless the view sets Cache-Control itself (RFC 9111, 5.2.2.5)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith("/api/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
