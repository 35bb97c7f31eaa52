"""Throttles of REST framework that count against the rate limits."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from libs.throttling.client_address import client_address, network_of, site_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.rate_limits import RateLimitResult, count_hit, rate_limits_of, read_and_count_hit

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
            return member_key(request.user.pk)
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
    result = _take_early_result(request, scope, key) or count_hit(scope, key)
    if request is not None and settings.RATE_LIMITS:
        _add_result(request, result)
    if not result.allowed:
        raise TooManyRequests(result)
    return result


class SessionState(NamedTuple):
    """What Redis has for a login session; None if it has nothing."""

    value: bytes | None


def read_session_state(
    request: Request, member_id: int, session_key: str, live: str, *, store_seconds: int = 0
) -> SessionState | None:
    """Read the state of a member's session from Redis, in one round trip with what else the request needs of Redis.

    If the state is `live`, the request is also counted against the view's limit for the member, and the throttle, which
    runs later, uses this result. A session without a state gets `live` for `store_seconds`. The viewset finds the
    values of its `redis_keys` in `redis_values`. Returns None without Redis, and while it is away.
    """
    view: Any = request.parser_context["view"]
    throttles = (each for each in view.get_throttles() if isinstance(each, RateLimitThrottle))
    throttle = next((each for each in throttles if each.by == "member" and each.on_arrival), None)
    keys: Sequence[str] = getattr(view, "redis_keys", _no_keys)(member_id)
    scope = throttle.scope_of(request.method or "") if throttle else None
    key = member_key(member_id)
    found = read_and_count_hit([session_key, *keys], live, scope, key, store_seconds=store_seconds)
    if found is None:
        return None
    (state, *values), result = found
    request._request.redis_values = dict(zip(keys, values, strict=True))  # type: ignore[attr-defined]
    if result:
        request._request.early_result = (scope, key, result)  # type: ignore[attr-defined]
    return SessionState(state)


def _no_keys(member_id: int) -> Sequence[str]:
    # For views of other packages, such as those of the schema.
    return ()


def member_key(member_id: Any) -> str:
    """Return the key by which a member's requests are counted."""
    return f"member:{member_id}"


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


def _take_early_result(request: Request | HttpRequest | None, scope: str, key: str) -> RateLimitResult | None:
    django_request: Any = _django_request(request)
    counted_scope, counted_key, result = getattr(django_request, "early_result", (None, None, None))
    if (scope, key) != (counted_scope, counted_key):
        return None
    # Another hit of the same request counts again.
    del django_request.early_result
    return result


def _django_request(request: Request | HttpRequest | None) -> Any:
    # Django's own request, where the middleware reads; REST framework's request only passes reads on to it.
    return request._request if isinstance(request, Request) else request


def _add_result(request: Request | HttpRequest, result: RateLimitResult) -> None:
    django_request = _django_request(request)
    django_request.rate_limit_results = [*getattr(django_request, "rate_limit_results", []), result]
