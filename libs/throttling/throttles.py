"""Rates as views state them."""

from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from libs.throttling.client_address import client_address, network_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.rate_limits import RateLimitResult, count_hit, rate_limits_of

if TYPE_CHECKING:
    # REST framework's views ask for `DefaultRateLimit` while they are loaded.
    from rest_framework.views import APIView

KeyedBy = Literal["member", "session", "address"]


class RateLimitThrottle(BaseThrottle):
    """Counts each request of a view against a scope of settings.THROTTLE_RATES; made by `rate_limit`."""

    scope: str
    by: KeyedBy

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request and note the result on it; raises TooManyRequests for one too many."""
        enforce_rate_limit(self.scope_of(request.method or ""), self.key(request), request)
        return True

    def scope_of(self, method: str) -> str:
        """What a request of this method counts against."""
        return self.scope

    def key(self, request: Request) -> str:
        """Who is counted: the member or their session if so stated and signed in, else the network of the address."""
        token: Any = request.auth
        if self.by == "session" and token:
            return f"session:{token['sid']}"
        if self.by != "address" and request.user.is_authenticated:
            return f"member:{request.user.pk}"
        return f"address:{network_of(client_address(request))}"


class DefaultRateLimit(RateLimitThrottle):
    """What holds where a view states nothing tighter: reads and writes of a member, whatever they are."""

    by = "member"

    def scope_of(self, method: str) -> str:
        """One scope for everything read, one for everything written."""
        return "read-member" if method in SAFE_METHODS else "write-member"


def rate_limit(scope: str, by: KeyedBy = "address") -> type[RateLimitThrottle]:
    """A throttle for `throttle_classes`. Raises KeyError at once when settings.THROTTLE_RATES has no such scope."""
    rate_limits_of(scope)
    return type("RateLimitThrottle", (RateLimitThrottle,), {"scope": scope, "by": by})


def enforce_rate_limit(scope: str, key: str, request: Request | HttpRequest | None = None) -> RateLimitResult:
    """Count against a key, perhaps one that only the view knows: an e-mail, an address whose refresh failed.

    The result is noted on the request, whose answer tells it. Raises TooManyRequests when it is one too many.
    """
    result = count_hit(scope, key)
    if request is not None and settings.RATE_LIMITS:
        _note(request, result)
    if not result.allowed:
        raise TooManyRequests(result)
    return result


def _note(request: Request | HttpRequest, result: RateLimitResult) -> None:
    # On Django's own request, where middleware sees it too; REST framework's reads through to it.
    plain: Any = request._request if isinstance(request, Request) else request
    plain.rate_limit_results = [*getattr(plain, "rate_limit_results", []), result]
