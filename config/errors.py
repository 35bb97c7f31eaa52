"""One shape for every refusal: application/problem+json (RFC 9457), in the language the client asks for."""

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
from django.views import defaults
from django.views.csrf import csrf_failure as csrf_page
from gunicorn.http import errors as unreadable
from psycopg_pool import PoolTimeout
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from libs.api.renderers import OPTIONS, plain

MEDIA_TYPE = "application/problem+json"
# Pages for people, where HTML is right.
PAGES = ("/admin/", "/docs/", "/withdraw/")
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
MOST_ERRORS = 100
log = logging.getLogger("errors")


class NotFound(exceptions.APIException):
    """There is no such thing, or the asker may not see it: both are said alike."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("There is nothing here that you can see.")


class Invalid(exceptions.APIException):
    """The request breaks a rule that has no name of its own; `errors` says which field and why."""

    status_code = 400
    default_code = "invalid"
    default_detail = _("Some of what was sent cannot be taken; `errors` says what.")


class UnknownField(exceptions.APIException):
    """The request names a field or parameter that the operation does not know."""

    status_code = 400
    default_code = "unknown_field"
    default_detail = _("The request names something that this operation does not know; `errors` says what.")


class Malformed(exceptions.APIException):
    """The body cannot be read at all."""

    status_code = 400
    default_code = "malformed"
    default_detail = _("The request cannot be read.")


class LengthRequired(exceptions.APIException):
    """The body comes in pieces, and nothing tells how long it is (RFC 9110, 15.5.12)."""

    status_code = 411
    default_code = "length_required"
    default_detail = _("Send the body with a Content-Length, not in pieces.")


class BodyTooLarge(exceptions.APIException):
    """The body is larger than any honest one."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request's body is too large.")


class AddressTooLong(exceptions.APIException):
    """The first line of the request is longer than any honest one (RFC 9110, 15.5.15)."""

    status_code = 414
    default_code = "address_too_long"
    default_detail = _("The request's address is too long.")


class HeadersTooLarge(exceptions.APIException):
    """More headers, or longer ones, than any honest request has (RFC 6585, 5)."""

    status_code = 431
    default_code = "headers_too_large"
    default_detail = _("The request's headers are too many or too long.")


class Unreadable(exceptions.APIException):
    """The body is of a type that this operation does not read."""

    status_code = 415
    default_code = "unsupported_media_type"
    default_detail = _("This operation does not read bodies of this Content-Type.")


class Unavailable(exceptions.APIException):
    """Something the server needs is away; nothing was changed."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("The server cannot answer at the moment. Try again in a few seconds.")
    wait = 2


class InternalError(exceptions.APIException):
    """A fault of ours; the log holds it under the request's id."""

    status_code = 500
    default_code = "internal_error"
    default_detail = _("Something went wrong on our side. The request id helps us to find it.")


class Conflict(exceptions.APIException):
    """Two requests met in the database, and this one came second."""

    status_code = 409
    default_code = "conflict"
    default_detail = _("Something changed at this very moment. Read it anew and try again.")


class NotAllowed(exceptions.APIException):
    """The asker is known and may not do this."""

    status_code = 403
    default_code = "permission_denied"
    default_detail = _("You may not do this.")


TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[exceptions.APIException]], ...] = (
    ((Http404,), NotFound),
    ((RequestDataTooBig, TooManyFilesSent, TooManyFieldsSent), BodyTooLarge),
    ((unreadable.InvalidResponseHeader, unreadable.InvalidResponseHeaderName), InternalError),
    ((unreadable.LimitRequestLine,), AddressTooLong),
    ((unreadable.LimitRequestHeaders,), HeadersTooLarge),
    ((SuspiciousOperation, UnreadablePostError, unreadable.ParseException), Malformed),
    ((PermissionDenied,), NotAllowed),
    ((OperationalError, InterfaceError, PoolTimeout), Unavailable),
    ((IntegrityError,), Conflict),
)


def handle(exc: Exception, context: Mapping[str, Any]) -> Response:
    """DRF's exception handler: the problem of any exception; unknown ones are logged and say nothing of themselves."""
    refusal = refusal_of(exc)
    request = context.get("request")
    if refusal.status_code >= 500 or isinstance(exc, IntegrityError):
        log.error("request failed", exc_info=exc)
    set_rollback()
    problem = describe(refusal, request)
    response = Response(problem, status=problem["status"], headers=headers_of(refusal))
    if not getattr(request, "path", "").startswith(PAGES):
        response.content_type = MEDIA_TYPE
    return response


def refusal_of(exc: Exception) -> exceptions.APIException:
    """The refusal in our own words; what we do not know is an internal error."""
    if isinstance(exc, exceptions.NotFound):
        return NotFound()
    if isinstance(exc, exceptions.ParseError):
        return Malformed(str(exc.detail))
    if isinstance(exc, exceptions.UnsupportedMediaType):
        return Unreadable()
    if isinstance(exc, exceptions.APIException):
        return exc
    return next((ours() for theirs, ours in TRANSLATIONS if isinstance(exc, theirs)), InternalError())


def describe(refusal: exceptions.APIException, request: Any) -> dict[str, Any]:
    """The problem document; `status` is the HTTP status, `code` is for machines and stays, `detail` is for people."""
    errors: list[dict[str, str]] = []
    if isinstance(refusal, exceptions.ValidationError):
        errors = list(islice(flattened(refusal.detail), MOST_ERRORS))
        named = any(error["code"] == "unknown_field" for error in errors)
        refusal = UnknownField() if named else Invalid()
    problem = {
        "type": "about:blank",
        "title": TITLES.get(refusal.status_code) or HTTPStatus(refusal.status_code).phrase,
        "status": refusal.status_code,
        "detail": str(refusal.detail),
        "code": str(refusal.get_codes()) if isinstance(refusal.detail, str) else refusal.default_code,
        "request_id": getattr(request, "request_id", None),
    }
    return problem | ({"errors": errors} if errors else {})


def flattened(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """One line for each field and fault, however deeply DRF nested them."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from flattened(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for position, inner in enumerate(detail):
            inside = isinstance(inner, Mapping | list)
            yield from flattened(inner, f"{path}.{position}" if inside else path)
    else:
        field = "" if path == "non_field_errors" else path
        yield {"field": field, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def headers_of(refusal: exceptions.APIException) -> dict[str, str]:
    """What HTTP asks to be said beside the problem: RFC 6750 3 for 401, RFC 9110 10.2.3 for waiting."""
    headers = {}
    if challenge := getattr(refusal, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if (wait := getattr(refusal, "wait", None)) is not None:
        headers["Retry-After"] = str(max(1, int(wait)))
    return headers


def answer(refusal: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    """The problem for what never reached a DRF view."""
    body = orjson.dumps(describe(refusal, request), default=plain, option=OPTIONS)
    return HttpResponse(body, status=refusal.status_code, content_type=MEDIA_TYPE, headers=headers_of(refusal))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler400."""
    if request.path.startswith(PAGES):
        return defaults.bad_request(request, exception)
    refusal = refusal_of(exception)
    return answer(refusal if refusal.status_code < 500 else Malformed(), request)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler403."""
    if request.path.startswith(PAGES):
        return defaults.permission_denied(request, exception)
    return answer(NotAllowed(), request)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's handler404, for unrouted paths."""
    if request.path.startswith(PAGES):
        return defaults.page_not_found(request, exception)
    return answer(NotFound(), request)


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500."""
    if request.path.startswith(PAGES):
        return defaults.server_error(request)
    return answer(InternalError(), request)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Forms are for people only; elsewhere nothing uses cookies."""
    if request.path.startswith(PAGES):
        return csrf_page(request, reason)
    return answer(NotAllowed(), request)
