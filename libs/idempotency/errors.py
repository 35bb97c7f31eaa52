"""Errors of requests with an Idempotency-Key."""

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class IdempotencyKeyInvalid(APIException):
    """The key is not 1 to 255 visible ASCII characters."""

    status_code = 400
    default_code = "idempotency_key_invalid"
    default_detail = _("Idempotency-Key takes 1 to 255 visible ASCII characters; a random UUID is best.")


class IdempotencyKeyReused(APIException):
    """The key was used for a request with other data."""

    status_code = 422
    default_code = "idempotency_key_reused"
    default_detail = _("This Idempotency-Key was used for another request. Use a new one for each request.")


class IdempotencyKeyInUse(APIException):
    """The first request with this key is still running; this one had no effect."""

    status_code = 409
    default_code = "idempotency_running"
    default_detail = _("The first request with this Idempotency-Key is still running. Send it again in a moment.")
    # For Retry-After. Seconds.
    wait = 2


# What a request with the header may be refused for.
IDEMPOTENCY_ERRORS = (IdempotencyKeyInvalid, IdempotencyKeyReused, IdempotencyKeyInUse)
