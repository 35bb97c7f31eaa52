"""Views that declare a rate limit."""

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from accounts.models import Member
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import SITE_MULTIPLE, KeyedBy, RateLimitThrottle, enforce_rate_limit, rate_limit


@pytest.fixture(autouse=True)
def _rates(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Limits of scopes that no other test counts in."""
    settings.RATE_LIMITS, settings.REDIS_URL, settings.TRUSTED_PROXIES = True, "", 1
    settings.THROTTLE_RATES = {request.node.name: "2/minute", "wide": "100/minute"}


def call(
    *throttles: type[RateLimitThrottle], member: Member | None = None, address: str = "192.0.2.1"
) -> tuple[Response, Any]:
    """Call a view with these throttles; returns its response and the request."""

    class View(APIView):
        authentication_classes = ()
        permission_classes = (AllowAny,)
        throttle_classes = throttles

        def get(self, request: Request) -> Response:
            return Response()

    request = APIRequestFactory().get("/", HTTP_X_FORWARDED_FOR=f"{member}, {address}")
    force_authenticate(request, user=member)
    return View.as_view()(request), request


def statuses(scope: str, by: KeyedBy, *clients: dict[str, Any]) -> list[int]:
    return [call(rate_limit(scope, by), **client)[0].status_code for client in clients]


def test_one_request_too_many_is_refused_with_429(request: pytest.FixtureRequest) -> None:
    assert statuses(request.node.name, "address", {}, {}, {}) == [200, 200, 429]


def test_an_invented_forwarded_address_does_not_evade_the_limit(request: pytest.FixtureRequest) -> None:
    invented = [{"member": Member(pk=number, nickname=f"10.0.0.{number}")} for number in range(3)]
    assert statuses(request.node.name, "address", *invented) == [200, 200, 429]


def test_addresses_in_one_ipv6_network_share_a_limit(request: pytest.FixtureRequest) -> None:
    near, far = [{"address": f"2001:db8::{number}"} for number in (1, 2, 3)], {"address": "2001:db8:0:1::1"}
    assert statuses(request.node.name, "address", *near, far) == [200, 200, 429, 200]


def test_the_networks_of_one_ipv6_site_share_a_higher_limit(request: pytest.FixtureRequest) -> None:
    networks = [{"address": f"2001:db8:7:{number:x}::1"} for number in range(2 * SITE_MULTIPLE + 1)]
    others = [{"address": "2001:db8:8::1"}, {"address": "192.0.2.77"}]
    answers = statuses(request.node.name, "address", *networks, *others)
    assert answers == [200] * 2 * SITE_MULTIPLE + [429, 200, 200]


def test_members_in_one_ipv6_site_are_counted_one_by_one(request: pytest.FixtureRequest) -> None:
    members = [{"member": Member(pk=n), "address": "2001:db8:9::1"} for n in range(1, 2 * SITE_MULTIPLE + 3)]
    assert set(statuses(request.node.name, "member", *members)) == {200}


def test_a_member_has_one_limit_from_all_addresses(request: pytest.FixtureRequest) -> None:
    mina, jun = Member(pk=1), Member(pk=2)
    moving = [{"member": mina, "address": f"192.0.2.{number}"} for number in range(3)]
    assert statuses(request.node.name, "member", *moving, {"member": jun}) == [200, 200, 429, 200]


def test_clients_that_are_not_logged_in_are_counted_by_address(request: pytest.FixtureRequest) -> None:
    assert statuses(request.node.name, "member", {}, {}, {}, {"address": "192.0.2.9"}) == [200, 200, 429, 200]


def test_each_result_is_added_to_the_request_for_the_headers(request: pytest.FixtureRequest) -> None:
    scope = request.node.name
    for left in (1, 0, 0):
        response, counted = call(rate_limit("wide"), rate_limit(scope))
        wide, tight = counted.rate_limit_results
        assert (wide.scope, tight.scope, tight.remaining) == ("wide", scope, left)
    assert (response.status_code, tight.allowed) == (429, False)


def test_a_throttle_has_its_scope_for_the_openapi_document(request: pytest.FixtureRequest) -> None:
    throttle = rate_limit(request.node.name, by="member")
    assert (throttle.scope, throttle.by) == (request.node.name, "member")


def test_a_scope_without_a_limit_is_found_at_import() -> None:
    with pytest.raises(KeyError, match="forgotten"):
        rate_limit("forgotten")


def test_a_limit_can_be_enforced_by_a_key_that_only_the_view_knows(request: pytest.FixtureRequest) -> None:
    scope = request.node.name
    assert [enforce_rate_limit(scope, "mina@example.com").remaining for _ in range(2)] == [1, 0]
    with pytest.raises(TooManyRequests) as refusal:
        enforce_rate_limit(scope, "mina@example.com")
    assert refusal.value.get_codes() == "too_many_requests"
    assert refusal.value.wait in range(58, 61)
    assert refusal.value.result.scope == scope
