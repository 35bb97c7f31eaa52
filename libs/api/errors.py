"""Errors that any operation can answer with."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class PreconditionFailed(APIException):
    """The thing is no longer what the asker has read, or is there although it should not be (RFC 9110 13.1)."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("It has changed since you read it. Read it anew, then decide again.")


class NotFound(APIException):
    """There is no such thing, or the asker may not see it: both are said alike."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("There is nothing here that you can see.")


class InvalidRequest(APIException):
    """The request breaks a rule that has no name of its own; `errors` says which field and why."""

    status_code = 400
    default_code = "invalid"
    default_detail = _("Some of what was sent cannot be taken; `errors` says what.")


class UnknownField(APIException):
    """The request names a field or parameter that the operation does not know."""

    status_code = 400
    default_code = "unknown_field"
    default_detail = _("The request names something that this operation does not know; `errors` says what.")


class MalformedRequest(APIException):
    """The body cannot be read at all."""

    status_code = 400
    default_code = "malformed"
    default_detail = _("The request cannot be read.")


class LengthRequired(APIException):
    """The body comes in pieces, and nothing tells how long it is (RFC 9110, 15.5.12)."""

    status_code = 411
    default_code = "length_required"
    default_detail = _("Send the body with a Content-Length, not in pieces.")


class BodyTooLarge(APIException):
    """The body is larger than any honest one."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request's body is too large.")


class AddressTooLong(APIException):
    """The first line of the request is longer than any honest one (RFC 9110, 15.5.15)."""

    status_code = 414
    default_code = "address_too_long"
    default_detail = _("The request's address is too long.")


class HeadersTooLarge(APIException):
    """More headers, or longer ones, than any honest request has (RFC 6585, 5)."""

    status_code = 431
    default_code = "headers_too_large"
    default_detail = _("The request's headers are too many or too long.")


class UnsupportedType(APIException):
    """The body is of a type that this operation does not read."""

    status_code = 415
    default_code = "unsupported_media_type"
    default_detail = _("This operation does not read bodies of this Content-Type.")


class ServiceUnavailable(APIException):
    """Something the server needs is away; nothing was changed."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("The server cannot answer at the moment. Try again in a few seconds.")
    wait = 2


class InternalError(APIException):
    """A fault of ours; the log holds it under the request's id."""

    status_code = 500
    default_code = "internal_error"
    default_detail = _("Something went wrong on our side. The request id helps us to find it.")


class Conflict(APIException):
    """Two requests met in the database, and this one came second."""

    status_code = 409
    default_code = "conflict"
    default_detail = _("Something changed at this very moment. Read it anew and try again.")


class Forbidden(APIException):
    """The asker is known and may not do this."""

    status_code = 403
    default_code = "permission_denied"
    default_detail = _("You may not do this.")
