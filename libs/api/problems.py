"""Render every error as application/problem+json (RFC 9457), in the language that the client asks for."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

import orjson
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.utils.translation import gettext_lazy as _
from gunicorn.http import errors as unreadable
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from libs.api.errors import (
    AddressTooLong,
    BodyTooLarge,
    Conflict,
    Forbidden,
    HeadersTooLarge,
    InternalError,
    InvalidRequest,
    MalformedRequest,
    NotFound,
    ServiceUnavailable,
    UnknownField,
    UnsupportedType,
)
from libs.api.renderers import JSON_OPTIONS, json_default

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("Bad request"),
    401: _("Not signed in"),
    403: _("Forbidden"),
    404: _("Not found"),
    405: _("Method not allowed"),
    409: _("Conflict"),
    411: _("Length required"),
    412: _("Precondition failed"),
    413: _("Too large"),
    414: _("Address too long"),
    415: _("Unsupported media type"),
    422: _("Cannot be processed"),
    429: _("Too many requests"),
    431: _("Headers too large"),
    500: _("Internal error"),
    503: _("Unavailable"),
}
# An answer does not grow with what a stranger sends: so many faults are told at most. A number.
MAX_ERRORS = 100
log = logging.getLogger("errors")


ERROR_BY_EXCEPTION: tuple[tuple[tuple[type[Exception], ...], type[exceptions.APIException]], ...] = (
    ((Http404,), NotFound),
    ((RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent), BodyTooLarge),
    ((unreadable.InvalidResponseHeader, unreadable.InvalidResponseHeaderName), InternalError),
    ((unreadable.LimitRequestLine,), AddressTooLong),
    ((unreadable.LimitRequestHeaders,), HeadersTooLarge),
    ((SuspiciousOperation, UnreadablePostError, unreadable.ParseException), MalformedRequest),
    ((PermissionDenied,), Forbidden),
    ((OperationalError, InterfaceError, PoolTimeout), ServiceUnavailable),
    ((IntegrityError,), Conflict),
)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: the problem of any exception; unknown ones are logged and say nothing of themselves."""
    refusal = to_api_exception(exc)
    request = context.get("request")
    if refusal.status_code >= 500 or isinstance(exc, IntegrityError):
        log.error("request failed", exc_info=exc)
    set_rollback()
    problem = problem_document(refusal, request)
    return Response(problem, status=problem["status"], headers=problem_headers(refusal), content_type=MEDIA_TYPE)


def to_api_exception(exc: Exception) -> exceptions.APIException:
    """The refusal in our own words; what we do not know is an internal error."""
    if isinstance(exc, exceptions.NotFound):
        return NotFound()
    if isinstance(exc, exceptions.ParseError):
        return MalformedRequest(str(exc.detail))
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return UnsupportedType()
    if isinstance(exc, exceptions.APIException):
        return exc
    return next((ours() for theirs, ours in ERROR_BY_EXCEPTION if isinstance(exc, theirs)), InternalError())


def problem_document(refusal: exceptions.APIException, request: Any) -> dict[str, Any]:
    """The problem document; `status` is the HTTP status, `code` is for machines and stays, `detail` is for people."""
    errors: list[dict[str, str]] = []
    if isinstance(refusal, exceptions.ValidationError):
        errors = list(islice(flatten_errors(refusal.detail), MAX_ERRORS))
        named = any(error["code"] == "unknown_field" for error in errors)
        refusal = UnknownField() if named else InvalidRequest()
    problem = {
        "type": "about:blank",
        "title": TITLES.get(refusal.status_code) or HTTPStatus(refusal.status_code).phrase,
        "status": refusal.status_code,
        "detail": str(refusal.detail),
        "code": str(refusal.get_codes()) if isinstance(refusal.detail, str) else refusal.default_code,
        "request_id": getattr(request, "request_id", None),
    }
    return problem | ({"errors": errors} if errors else {})


def flatten_errors(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """One line for each field and fault, however deeply DRF nested them."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten_errors(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            inside = isinstance(inner, Mapping | list)
            yield from flatten_errors(inner, f"{path}.{position}" if inside else path)
    else:
        field = "" if path == "non_field_errors" else path
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def problem_headers(refusal: exceptions.APIException) -> dict[str, str]:
    """What HTTP asks to be said beside the problem: RFC 6750 3 for 401, RFC 9110 10.2.3 for waiting."""
    headers = {}
    if challenge := getattr(refusal, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(refusal, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers


def problem_response(refusal: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    """The problem for what never reached a DRF view."""
    body = orjson.dumps(problem_document(refusal, request), default=json_default, option=JSON_OPTIONS)
    return HttpResponse(body, status=refusal.status_code, content_type=MEDIA_TYPE, headers=problem_headers(refusal))
