"""Limits through the API: everything has one, they hold exactly, and every answer says how much is left."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from tests.conftest import logged_in
from tests.factories import PASSWORD
from tests.openapi_documents import openapi_document
from tests.project.test_ownership import ROUTES, Scene

CONFIG = "/api/v1/config"
OPERATIONS = [(method, route) for route, methods in ROUTES.items() for method in sorted(methods)]
# Only failures are counted: a good refresh token never waits.
UNLIMITED = {("POST", "sessions/refresh")}
# Only what costs is counted, so not a sign-up whose proof is refused.
COUNTED_LATER = {("POST", "members")}
ITEM = r'"[a-z-]+";{}=\d+;{}=\d+'
LIST = r"{item}(, {item})*"


@pytest.fixture
def scene(mina: Member) -> Scene:
    return Scene(mina)


def statuses(number: int, **headers: Any) -> list[int]:
    """What so many questions one after the other are answered."""
    return [APIClient(**headers).get(CONFIG).status_code for _ in range(number)]


@pytest.mark.parametrize(("method", "route"), OPERATIONS, ids=map(" ".join, OPERATIONS))
def test_every_operation_has_a_limit_and_tells_what_is_left_of_it(
    scene: Scene, mina_api: APIClient, method: str, route: str
) -> None:
    answer = scene.ask(mina_api, method, route)
    if (method, route) in UNLIMITED | COUNTED_LATER:
        assert "RateLimit" not in answer.headers
    else:
        for name, parameters in (("RateLimit", "rt"), ("RateLimit-Policy", "qw")):
            assert re.fullmatch(LIST.format(item=ITEM.format(*parameters)), answer.headers[name])


def test_the_description_tells_the_limit_of_every_operation() -> None:
    operations = {
        (method.upper(), path.removeprefix("/api/v1/").replace("{", "<id:").replace("}", ">")): operation
        for path, item in openapi_document()["paths"].items()
        for method, operation in item.items()
    }
    assert {key for key, operation in operations.items() if not operation.get("x-rate-limit")} == UNLIMITED
    assert all("429" in operation["responses"] for operation in operations.values())
    assert operations["POST", "posts"]["x-rate-limit"] == [
        {
            "scope": "post-member",
            "by": "member",
            "limits": [{"requests": 60, "seconds": 3_600}, {"requests": 300, "seconds": 86_400}],
        }
    ]


def test_what_is_left_goes_down_to_nothing_and_then_one_waits(settings: Settings, api: APIClient) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"config-address": "2/minute"}
    answers = [api.get(CONFIG) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    left = [re.fullmatch(r'"config-address";r=(\d);t=(\d+)', answer.headers["RateLimit"]) for answer in answers]
    assert [found[1] for found in left if found] == ["1", "0", "0"]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"config-address";q=2;w=60'}
    assert answers[2].headers["Retry-After"] == (left[2] or [""])[2]


def test_a_limit_by_what_the_body_says_is_told_too(api: APIClient, db: None) -> None:
    answer = api.post("/api/v1/verification-codes", {"email": "new@example.com"}, format="json")
    scopes = [item.partition(";t=")[0] for item in answer.headers["RateLimit"].split(", ")]
    assert scopes == ['"code-email";r=4', '"code-address";r=9']


def test_a_refused_change_says_what_is_left_as_well(mina_api: APIClient) -> None:
    answers = [
        mina_api.get("/api/v1/me", headers={"If-None-Match": "*"}),
        mina_api.patch("/api/v1/me", {"about": "x"}, format="json", headers={"If-Match": '"0"'}),
        mina_api.get("/api/v1/posts/7"),
    ]
    assert [answer.status_code for answer in answers] == [304, 412, 404]
    assert all("RateLimit" in answer.headers for answer in answers)


def test_limits_switched_off_say_nothing_and_stop_nobody(settings: Settings, api: APIClient) -> None:
    settings.RATE_LIMITS, settings.THROTTLE_RATES = False, settings.THROTTLE_RATES | {"config-address": "1/minute"}
    answers = [api.get(CONFIG) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert [name for answer in answers for name in answer.headers if name.startswith("RateLimit")] == []


@pytest.mark.parametrize("rate", ["20/minute", "20/hour"])
@pytest.mark.parametrize("shared", [False, True], ids=["process", "redis"])
def test_of_two_hundred_requests_at_once_exactly_twenty_pass(
    request: pytest.FixtureRequest, settings: Settings, rate: str, shared: bool
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"config-address": rate}
    settings.REDIS_URL = request.getfixturevalue("redis_url") if shared else ""
    with ThreadPoolExecutor(40) as threads:
        answered = list(threads.map(lambda _: APIClient().get(CONFIG).status_code, range(200)))
    assert (answered.count(200), answered.count(429)) == (20, 180)


@pytest.mark.parametrize("proxies", [0, 1, 2])
def test_an_invented_forwarded_address_gains_nothing(settings: Settings, proxies: int) -> None:
    settings.TRUSTED_PROXIES, settings.THROTTLE_RATES = (
        proxies,
        settings.THROTTLE_RATES | {"config-address": "3/minute"},
    )
    peer = "198.51.100.1" if proxies == 0 else "10.0.0.9"
    # What our own proxies have appended behind what the client sent.
    appended = ["198.51.100.1", "10.0.0.8"][:proxies]

    def ask(invented: str) -> int:
        forwarded = ", ".join([invented, *appended])
        return statuses(1, REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)[0]

    assert [ask(f"203.0.113.{number}") for number in range(6)] == [200] * 3 + [429] * 3
    assert ask("203.0.113.7, 192.0.2.7") == 429


def test_while_redis_is_away_a_limit_holds_in_each_process(settings: Settings) -> None:
    settings.REDIS_URL, settings.THROTTLE_RATES = (
        "redis://127.0.0.1:1/0",
        settings.THROTTLE_RATES | {"config-address": "3/minute"},
    )
    assert statuses(5) == [200] * 3 + [429] * 2


def test_a_good_refresh_token_never_waits(settings: Settings, mina_api: Any, api: APIClient) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {
        "refresh-failure-address": "1/minute",
        "read-member": "1/minute",
    }
    refusals = [api.post("/api/v1/sessions/refresh", {"refresh": "x"}, format="json") for _ in range(2)]
    assert [refusal.status_code for refusal in refusals] == [401, 429]
    assert all("refresh-failure-address" in refusal.headers["RateLimit"] for refusal in refusals)
    body = {"refresh": str(mina_api.pair.refresh)}
    renewed = [api.post("/api/v1/sessions/refresh", body, format="json") for _ in range(70)]
    assert {answer.status_code for answer in renewed} == {200}


def test_a_member_is_counted_wherever_they_are_and_for_themselves(
    settings: Settings, mina: Member, jun_api: APIClient
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"read-member": "2/minute", "write-member": "1/minute"}
    phones = [logged_in(mina), logged_in(mina, "tablet")]
    assert [phone.get("/api/v1/blocks").status_code for phone in [*phones, *phones]] == [200, 200, 429, 429]
    assert [phone.delete("/api/v1/me/avatar").status_code for phone in phones] == [204, 429]
    assert jun_api.get("/api/v1/blocks").status_code == 200


def test_one_device_cannot_keep_another_from_ending_it(settings: Settings, mina: Member) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"devices-session": "2/minute"}
    thief, owner = logged_in(mina, "stolen"), logged_in(mina)
    assert [thief.get("/api/v1/sessions").status_code for _ in range(3)] == [200, 200, 429]
    session_id = thief.pair.session.pk  # type: ignore[attr-defined]
    assert owner.delete(f"/api/v1/sessions/{session_id}").status_code == 204
    assert len(owner.get("/api/v1/sessions").json()["results"]) == 1


def test_a_stale_token_does_not_stand_in_the_way_of_what_needs_none(mina: Member) -> None:
    stale = APIClient(headers={"Authorization": "Bearer stale"})
    body = {"email": mina.email, "password": PASSWORD}
    answers = [stale.get(CONFIG), stale.post("/api/v1/sessions", body, format="json")]
    assert [answer.status_code for answer in answers] == [200, 201]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scope", "path", "body"),
    [
        ("code-address", "/api/v1/verification-codes", {"email": "new@example.com"}),
        ("code-address", "/withdraw/", {"email": "new@example.com"}),
        ("sign-in-address", "/api/v1/sessions", {"email": "new@example.com", "password": "guess", "device": "phone"}),
        ("refresh-failure-address", "/api/v1/sessions/refresh", {"refresh": "a.b.c"}),
    ],
)
def test_one_ipv6_site_has_four_times_the_limit_whichever_networks_it_uses(
    settings: Settings, scope: str, path: str, body: dict[str, str]
) -> None:
    many = {"code-email": "100/hour", "code-mailbox": "100/hour", "code-network": "100/hour"}
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | many | {scope: "1/hour"}
    body_format = "json" if path.startswith("/api") else "multipart"
    clients = [APIClient(REMOTE_ADDR=f"2001:db8:5:{network:x}::1") for network in range(6)]
    answers = [client.post(path, body, format=body_format).status_code for client in clients]
    assert not {429, 500} & set(answers[:4])
    assert answers[4:] == [429, 429]
