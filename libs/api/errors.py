"""Errors that any operation can answer with."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class PreconditionFailed(APIException):
    """The resource has changed since the client read it, or exists although it should not (RFC 9110 13.1)."""

    status_code = 412
    default_code = "precondition_failed"
    default_detail = _("This has changed since you last saw it. Load it again, then decide.")


class NotFound(APIException):
    """The resource does not exist, or the member may not see it: both look the same."""

    status_code = 404
    default_code = "not_found"
    default_detail = _("This does not exist, or you cannot see it.")


class InvalidRequest(APIException):
    """A field or parameter is not valid; `errors` says which and why."""

    status_code = 400
    default_code = "invalid"
    default_detail = _("Some of the values sent are not valid. Correct them and try again.")


class UnknownField(APIException):
    """The request has a field or parameter that the operation does not know."""

    status_code = 400
    default_code = "unknown_field"
    default_detail = _("The request contains something that is not supported here.")


class MalformedRequest(APIException):
    """The request cannot be parsed."""

    status_code = 400
    default_code = "malformed"
    default_detail = _("The request cannot be read.")


class LengthRequired(APIException):
    """The body comes in chunks without a Content-Length (RFC 9110, 15.5.12)."""

    status_code = 411
    default_code = "length_required"
    default_detail = _("The request must state the length of its body in advance.")


class BodyTooLarge(APIException):
    """The body is larger than any legitimate one."""

    status_code = 413
    default_code = "body_too_large"
    default_detail = _("The request's body is too large.")


class AddressTooLong(APIException):
    """The request line is longer than any legitimate one (RFC 9110, 15.5.15)."""

    status_code = 414
    default_code = "address_too_long"
    default_detail = _("The request's address is too long.")


class HeadersTooLarge(APIException):
    """There are more headers, or longer ones, than in any legitimate request (RFC 6585, 5)."""

    status_code = 431
    default_code = "headers_too_large"
    default_detail = _("The request's headers are too many or too long.")


class UnsupportedType(APIException):
    """The body has a media type that the operation does not read."""

    status_code = 415
    default_code = "unsupported_media_type"
    default_detail = _("This type of content is not supported here.")


class ServiceUnavailable(APIException):
    """A service that the server needs is down; nothing was changed."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("The server cannot answer at the moment. Try again in a few seconds.")
    wait = 2


class InternalError(APIException):
    """A bug; the log has it under the request's id."""

    status_code = 500
    default_code = "internal_error"
    default_detail = _("Something went wrong on our side. The request id helps us to find it.")


class Conflict(APIException):
    """Another request changed the same rows first."""

    status_code = 409
    default_code = "conflict"
    default_detail = _("Something changed while you did this. Load it again and try again.")


class Forbidden(APIException):
    """The member is known and may not do this."""

    status_code = 403
    default_code = "permission_denied"
    default_detail = _("You are not allowed to do this.")
