"""Rates as views state them."""

from typing import Literal

from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from throttling.addresses import client_address, network
from throttling.errors import TooManyRequests
from throttling.rates import Verdict, hit, rates_of

By = Literal["member", "address"]


class Limited(BaseThrottle):
    """Counts each request of a view against a scope of settings.RATES; made by `limited`."""

    scope: str
    by: By

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Count the request, note the verdict in `request.verdicts`, and raise TooManyRequests for one too many."""
        verdict = hit(self.scope, self.key(request))
        _note(request, verdict)
        if not verdict.allowed:
            raise TooManyRequests(verdict)
        return True

    def key(self, request: Request) -> str:
        """Who is counted: the member if so stated and signed in, else the network of the address."""
        if self.by == "member" and request.user.is_authenticated:
            return f"member:{request.user.pk}"
        return f"address:{network(client_address(request))}"


def limited(scope: str, by: By = "address") -> type[Limited]:
    """A throttle for `throttle_classes`. Raises KeyError at once when settings.RATES has no such scope."""
    rates_of(scope)
    return type("Limited", (Limited,), {"scope": scope, "by": by})


def require(scope: str, key: str) -> Verdict:
    """Count against a key that only the view knows: an e-mail in the body, an address whose refresh failed.

    Raises TooManyRequests when it is one too many.
    """
    verdict = hit(scope, key)
    if not verdict.allowed:
        raise TooManyRequests(verdict)
    return verdict


def _note(request: Request, verdict: Verdict) -> None:
    # On Django's own request, where middleware sees it too; REST framework's reads through to it.
    plain = request._request
    plain.verdicts = [*getattr(plain, "verdicts", []), verdict]  # type: ignore[attr-defined]
