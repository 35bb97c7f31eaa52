"""Throttles of REST framework that count against the rate limits."""

from typing import TYPE_CHECKING, Any, Literal

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from libs.throttling.client_address import client_address, network_of, site_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.rate_limits import RateLimitResult, count_hit, rate_limits_of

if TYPE_CHECKING:
    # At run time the import would be circular: REST framework's views load `DefaultRateLimit` by the settings.
    from rest_framework.views import APIView

# A /48 has 65,536 networks of /64. One customer can rent it, and a mobile carrier can have a thousand phones in it.
SITE_MULTIPLE = 4

KeyedBy = Literal["member", "session", "address"]


class RateLimitThrottle(BaseThrottle):
    """Counts each request of a view against a scope of settings.THROTTLE_RATES; `rate_limit` makes subclasses."""

    scope: str
    by: KeyedBy
    # Otherwise the action counts what costs by itself, for example after it has validated the body.
    on_arrival = True

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request; raises TooManyRequests when it is one too many."""
        if not self.on_arrival:
            return True
        scope, key = self.scope_of(request.method or ""), self.key(request)
        if key is None:
            enforce_address_limit(scope, request)
        else:
            enforce_rate_limit(scope, key, request)
        return True

    def scope_of(self, method: str) -> str:
        """Return the scope of a request with this method."""
        return self.scope

    def key(self, request: Request) -> str | None:
        """Return who is counted: the member or login session if so chosen and logged in; None for the address."""
        token: Any = request.auth
        if self.by == "session" and token:
            return f"session:{token['sid']}"
        if self.by != "address" and request.user.is_authenticated:
            return f"member:{request.user.pk}"
        return None


class DefaultRateLimit(RateLimitThrottle):
    """The rate limit of actions that declare none: all reads of a member together, and all writes."""

    by = "member"

    def scope_of(self, method: str) -> str:
        """Return one scope for reads and one for writes."""
        return "read-member" if method in SAFE_METHODS else "write-member"


def rate_limit(scope: str, by: KeyedBy = "address", *, on_arrival: bool = True) -> type[RateLimitThrottle]:
    """Return a throttle class for the scope. Raises KeyError when settings.THROTTLE_RATES does not have it.

    With `on_arrival` each request is counted before it is read; without, the action counts by itself.
    """
    rate_limits_of(scope)
    return type("RateLimitThrottle", (RateLimitThrottle,), {"scope": scope, "by": by, "on_arrival": on_arrival})


def enforce_rate_limit(scope: str, key: str, request: Request | HttpRequest | None = None) -> RateLimitResult:
    """Count a hit by a key that only the view knows, such as an e-mail address.

    The result is added to the request, so that the response's headers show it. Raises TooManyRequests.
    """
    result = count_hit(scope, key)
    if request is not None and settings.RATE_LIMITS:
        _add_result(request, result)
    if not result.allowed:
        raise TooManyRequests(result)
    return result


def enforce_address_limit(scope: str, request: Request | HttpRequest) -> None:
    """Count a hit of the client's address, or of its /64 and of its /48 in IPv6. Raises TooManyRequests.

    A /48 has SITE_MULTIPLE times the limit of a /64.
    """
    address = client_address(request)
    enforce_rate_limit(scope, f"address:{network_of(address)}", request)
    if site := site_of(address):
        result = count_hit(scope, f"site:{site}", multiple=SITE_MULTIPLE)
        # Not shown in the headers: what is left of it depends on strangers.
        if not result.allowed:
            raise TooManyRequests(result)


def _add_result(request: Request | HttpRequest, result: RateLimitResult) -> None:
    # On Django's own request, where the middleware reads it; REST framework's request passes reads on to it.
    django_request: Any = request._request if isinstance(request, Request) else request
    django_request.rate_limit_results = [*getattr(django_request, "rate_limit_results", []), result]
