"""Errors of throttling."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

if TYPE_CHECKING:
    from libs.throttling.rate_limits import RateLimitResult


class TooManyRequests(APIException):
    """A rate limit is used up; `wait` is the number of seconds for Retry-After (RFC 6585)."""

    status_code = 429
    default_code = "too_many_requests"
    default_detail = _("Too many requests. Wait a little and try again.")

    def __init__(self, result: "RateLimitResult") -> None:
        super().__init__()
        self.result = result
        self.wait: int | None = result.reset_seconds
