"""Render every error as application/problem+json (RFC 9457), in the language of the request."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from itertools import islice
from typing import Any

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
from gunicorn.http import errors as gunicorn_errors
from prometheus_client import Counter
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
from libs.api.renderers import render_json
from libs.postgresql.errors import DatabaseAway

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("Bad request"),
    401: _("Not logged in"),
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
    501: _("Not implemented"),
    503: _("Unavailable"),
}
# A response must not grow with what a client sends.
MAX_ERRORS = 100
PROBLEMS = Counter("h2h_problems", "Error responses of the API by their code.", ["code"])
log = logging.getLogger("errors")

ERROR_BY_EXCEPTION: tuple[tuple[tuple[type[Exception], ...], type[exceptions.APIException]], ...] = (
    ((Http404, exceptions.NotFound), NotFound),
    ((RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent), BodyTooLarge),
    ((gunicorn_errors.InvalidResponseHeader, gunicorn_errors.InvalidResponseHeaderName), InternalError),
    ((gunicorn_errors.LimitRequestLine,), AddressTooLong),
    ((gunicorn_errors.LimitRequestHeaders,), HeadersTooLarge),
    ((SuspiciousOperation, UnreadablePostError, gunicorn_errors.ParseException), MalformedRequest),
    ((exceptions.UnsupportedMediaType,), UnsupportedType),
    ((PermissionDenied, exceptions.PermissionDenied), Forbidden),
    ((OperationalError, InterfaceError), ServiceUnavailable),
    ((IntegrityError,), Conflict),
)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """Return the problem of an exception; DRF calls it for each view. Unknown exceptions are logged."""
    error = to_api_exception(exc)
    # A refusal without a cause, such as a limit of ours that is reached, is in the request log already. The circuit
    # breaker has logged why the database is away; the same again for each request would take more time than refusing.
    is_refusal = isinstance(exc, DatabaseAway) or (isinstance(exc, exceptions.APIException) and exc.__cause__ is None)
    if (error.status_code >= 500 and not is_refusal) or isinstance(exc, IntegrityError):
        log.error("request failed", exc_info=exc)
    set_rollback()
    problem = problem_document(error, context.get("request"))
    PROBLEMS.labels(problem["code"]).inc()
    return Response(problem, status=problem["status"], headers=problem_headers(error), content_type=MEDIA_TYPE)


def to_api_exception(exc: Exception) -> exceptions.APIException:
    """Return the API's own error for an exception; InternalError for an unknown one."""
    if isinstance(exc, exceptions.ParseError):
        return MalformedRequest(str(exc.detail))
    if own := next((own for others, own in ERROR_BY_EXCEPTION if isinstance(exc, others)), None):
        return own()
    return exc if isinstance(exc, exceptions.APIException) else InternalError()


def problem_document(error: exceptions.APIException, request: Any) -> dict[str, Any]:
    """Return the members of a problem: `code` is stable and for programs, `detail` is a sentence for people."""
    errors: list[dict[str, str]] = []
    if isinstance(error, exceptions.ValidationError):
        errors = list(islice(flatten_errors(error.detail), MAX_ERRORS))
        is_unknown = any(one["code"] == "unknown_field" for one in errors)
        error = UnknownField() if is_unknown else InvalidRequest()
    problem = {
        "type": "about:blank",
        "title": TITLES.get(error.status_code) or HTTPStatus(error.status_code).phrase,
        "status": error.status_code,
        "detail": str(error.detail),
        "code": str(error.get_codes()) if isinstance(error.detail, str) else error.default_code,
        "request_id": getattr(request, "request_id", None),
    }
    return problem | ({"errors": errors} if errors else {})


def flatten_errors(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Yield field, code and detail of each error in the nested detail of a ValidationError."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flatten_errors(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            is_nested = isinstance(inner, Mapping | list)
            yield from flatten_errors(inner, f"{path}.{position}" if is_nested else path)
    else:
        field = "" if path == "non_field_errors" else path
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def problem_headers(error: exceptions.APIException) -> dict[str, str]:
    """Return the headers of an error: WWW-Authenticate (RFC 6750 3) and Retry-After (RFC 9110 10.2.3)."""
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(error, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers


def problem_response(error: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    """Return the problem of a request that reached no DRF view."""
    problem = problem_document(error, request)
    PROBLEMS.labels(problem["code"]).inc()
    return HttpResponse(
        render_json(problem), status=error.status_code, content_type=MEDIA_TYPE, headers=problem_headers(error)
    )
