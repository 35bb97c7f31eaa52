"""Login sessions: listed, ended from another device, and revoked at once."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import LoginSession, Member
from accounts.sessions.revocation import mark_revoked
from libs.outbox.models import Job
from tests import services
from tests.accounts.phone import Phone, code_of
from tests.factories import PASSWORD
from tests.redis_outages import Waits, stoppable_redis

pytestmark = pytest.mark.django_db
# Logs in, and is refused before anything is looked up.
CHEAP = "posts?unknown=1"


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's phone."""
    return Phone.of(mina, device="phone")


@pytest.fixture
def tablet(mina: Member) -> Phone:
    """Mina's tablet."""
    return Phone.of(mina, device="tablet")


def redis_cache(url: str) -> dict[str, Any]:
    """The cache as production has it."""
    options = {"SOCKET_CONNECT_TIMEOUT": 0.25, "SOCKET_TIMEOUT": 0.25}
    backend = "config.cache.FaultTolerantRedisCache"
    # The same prefix everywhere, since a process makes some keys once.
    return {"default": {"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": "h2h", "OPTIONS": options}}


def is_in(phone: Phone) -> bool:
    """Whether the phone is still logged in."""
    answer = phone.get(CHEAP)
    assert code_of(answer) in ("unknown_field", "session_ended")
    return code_of(answer) == "unknown_field"


def test_sessions_are_listed_newest_first_and_the_current_one_is_marked(phone: Phone, tablet: Phone) -> None:
    sessions = phone.get("sessions").json()["results"]
    assert [(one["device"], one["is_current"]) for one in sessions] == [("tablet", False), ("phone", True)]
    assert sessions[1].keys() == {"id", "device", "network", "created_at", "used_at", "expires_at", "is_current"}
    assert sessions[1]["network"] == "192.0.2.0/24"


def test_sessions_of_another_member_are_not_listed(phone: Phone, jun: Member) -> None:
    mine = Phone.of(jun, device="Jun's")
    assert [one["device"] for one in mine.get("sessions").json()["results"]] == ["Jun's"]


def test_a_session_shows_only_the_network_of_its_address(mina: Member) -> None:
    for address in ("203.0.113.77", "2001:db8:aa:bb::1"):
        Phone(address).post("sessions", email=mina.email, password=PASSWORD)
    assert set(mina.sessions.values_list("network", flat=True)) == {"203.0.113.0/24", "2001:db8:aa::/48"}


def test_an_ended_session_is_refused_at_once_and_not_listed(phone: Phone, tablet: Phone) -> None:
    assert is_in(tablet)
    assert phone.delete(f"sessions/{tablet.pair['session_id']}").status_code == 204
    assert not is_in(tablet)
    assert code_of(tablet.refresh()) == "session_ended"
    assert [one["device"] for one in phone.get("sessions").json()["results"]] == ["phone"]


def test_ending_the_other_sessions_leaves_only_the_current_one(
    phone: Phone, tablet: Phone, mina: Member, jun: Member
) -> None:
    watch, other = Phone.of(mina), Phone.of(jun)
    assert all(is_in(device) for device in (phone, tablet, watch))
    assert phone.post("sessions/end-others").status_code == 204
    assert [is_in(device) for device in (phone, tablet, watch, other)] == [True, False, False, True]


def test_logging_out_revokes_the_access_token_too(phone: Phone, tablet: Phone) -> None:
    assert is_in(phone)
    assert phone.delete("sessions/current").status_code == 204
    assert not is_in(phone)
    assert phone.delete("sessions/current").status_code == 401
    assert is_in(tablet)


def test_a_session_of_another_member_is_not_found(phone: Phone, jun: Member) -> None:
    other = Phone.of(jun)
    for session_id in (other.pair["session_id"], "1", "0", "9" * 19, "99999999999999999999", "x"):
        assert phone.delete(f"sessions/{session_id}").status_code == 404
    assert is_in(other)


def test_a_session_that_was_ended_before_is_not_found(phone: Phone, tablet: Phone) -> None:
    answers = [phone.delete(f"sessions/{tablet.pair['session_id']}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [204, 404]


def test_authentication_costs_no_query_while_the_session_is_cached(
    phone: Phone, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert is_in(phone)
    with django_assert_num_queries(0):
        assert is_in(phone)


def test_the_revocation_marker_is_written_again_by_the_outbox(phone: Phone, run_jobs: Callable[[], None]) -> None:
    assert is_in(phone)
    phone.delete("sessions/current")
    assert [job.payload for job in Job.objects.all()] == [{"session_ids": [int(phone.pair["session_id"])]}]
    cache.clear()
    run_jobs()
    assert _remembered(phone) == 0


def _remembered(phone: Phone) -> Any:
    return cache.get(f"session:{phone.pair['session_id']}")


def test_a_stale_read_cannot_overwrite_the_revocation_marker(phone: Phone) -> None:
    ids = [int(phone.pair["session_id"])]

    def end_meanwhile(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        answer = execute(sql, *rest)
        if "loginsession" in sql.lower() and sql.startswith("SELECT"):
            mark_revoked(ids)
        return answer

    with connection.execute_wrapper(end_meanwhile):
        phone.get(CHEAP)
    assert not is_in(phone)


@pytest.mark.parametrize("garbage", [2, -1, "1", "live", True, False, 1.0, 0.0, [], {}, [1], {"live": 1}])
def test_an_unknown_state_in_the_cache_neither_ends_nor_revives_a_session(phone: Phone, garbage: Any) -> None:
    key = f"session:{phone.pair['session_id']}"
    cache.set(key, garbage)
    assert is_in(phone)
    phone.delete("sessions/current")
    cache.set(key, garbage)
    assert not is_in(phone)


def test_an_emptied_cache_revives_no_session(phone: Phone) -> None:
    phone.delete("sessions/current")
    cache.clear()
    assert not is_in(phone)


def test_without_a_cache_every_request_queries_the_database(
    phone: Phone, tablet: Phone, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    settings.CACHES = redis_cache(settings.REDIS_URL)
    for _ in range(3):
        with django_assert_num_queries(1):
            assert is_in(tablet)
    phone.delete(f"sessions/{tablet.pair['session_id']}")
    assert not is_in(tablet)


def test_a_revocation_marker_is_retried_until_no_cache_entry_can_be_left(
    phone: Phone, settings: Settings, run_jobs: Callable[[], None]
) -> None:
    settings.CACHES = redis_cache("redis://127.0.0.1:1/0")
    phone.delete("sessions/current")
    run_jobs()
    assert Job.objects.get().state == "waiting"
    LoginSession.objects.update(ended_at="2026-01-01T00:00:00Z")
    Job.objects.update(run_at="2026-01-01T00:00:00Z")
    run_jobs()
    assert Job.objects.get().state == "done"


@pytest.mark.skipif(not services.has_redis(), reason="needs redis-server")
def test_a_redis_outage_neither_locks_out_nor_lets_in(phone: Phone, tablet: Phone, settings: Settings) -> None:
    with services.redis_server() as url:
        settings.CACHES, settings.REDIS_URL = redis_cache(url), url
        assert is_in(phone)
        assert is_in(tablet)
        assert _remembered(tablet) == 1
    assert is_in(phone)
    phone.delete(f"sessions/{tablet.pair['session_id']}")
    assert not is_in(tablet)


def test_a_full_redis_keeps_no_session_alive(phone: Phone, settings: Settings) -> None:
    with stoppable_redis() as server:
        settings.CACHES, settings.REDIS_URL = redis_cache(server.url), server.url
        assert is_in(phone)
        server.client.config_set("maxmemory", 1)
        assert phone.delete("sessions/current").status_code == 204
        assert not is_in(phone)


def test_another_worker_sees_the_revocation_in_the_shared_cache(
    phone: Phone, tablet: Phone, settings: Settings, redis_url: str
) -> None:
    settings.CACHES = redis_cache(redis_url)
    assert is_in(tablet)
    with ThreadPoolExecutor(1) as worker:
        # A thread has a client of its own, as another process has.
        assert worker.submit(_remembered, tablet).result() == 1
        phone.delete(f"sessions/{tablet.pair['session_id']}")
        assert worker.submit(_remembered, tablet).result() == 0


@pytest.mark.parametrize("devices", [1, 50])
def test_the_list_of_sessions_takes_one_query_for_any_length(
    mina: Member, devices: int, settings: Settings, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.LOGIN_SESSIONS_PER_MEMBER = 50
    phone = [Phone.of(mina) for _ in range(devices)][-1]
    assert is_in(phone)
    with django_assert_num_queries(1):
        assert len(phone.get("sessions").json()["results"]) == devices


def test_a_device_may_be_named_in_any_script(mina: Member, phone: Phone) -> None:
    for name in ("미나의 전화", "👨‍👩‍👧‍👦" * 80):
        assert phone.log_in(mina.email, device=name).status_code == 201
        assert phone.get("sessions").json()["results"][0]["device"] == name
    assert phone.post("sessions", email=mina.email, password=PASSWORD, device="x" * 81).status_code == 400


def test_a_surplus_session_ends_the_least_recently_used_one(mina: Member, settings: Settings) -> None:
    settings.LOGIN_SESSIONS_PER_MEMBER = 2
    idle, used = Phone.of(mina, "idle"), Phone.of(mina, "used")
    used.refresh()
    Phone.of(mina, "new")
    assert idle.get("me").status_code == 401
    assert {session["device"] for session in used.get("sessions").json()["results"]} == {"used", "new"}


@pytest.fixture
def shared_redis(settings: Settings, redis_url: str) -> None:
    """Cache and rate limits in one Redis, as in production."""
    settings.CACHES, settings.REDIS_URL, settings.RATE_LIMITS = redis_cache(redis_url), redis_url, True


def requests_left(phone: Phone) -> int:
    """What is left of the member's limit after one more request."""
    found = re.search(r"r=(\d+)", phone.get(CHEAP).headers["RateLimit"])
    return int(found[1]) if found else -1


@pytest.mark.usefixtures("shared_redis")
def test_a_request_waits_for_redis_once(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    left = requests_left(phone)
    waits = Waits(monkeypatch)
    assert (requests_left(phone), waits.number) == (left - 1, 1)


@pytest.mark.usefixtures("shared_redis")
def test_requests_of_an_ended_session_do_not_use_up_the_limit(phone: Phone, tablet: Phone) -> None:
    assert is_in(tablet)
    phone.delete(f"sessions/{tablet.pair['session_id']}")
    left = requests_left(phone)
    assert not any(is_in(tablet) for _ in range(5))
    assert requests_left(phone) == left - 1


def test_a_login_above_the_limit_ends_the_least_recently_used_session(mina: Member, settings: Settings) -> None:
    settings.LOGIN_SESSIONS_PER_MEMBER = 2
    phones = [Phone() for _ in range(3)]
    for phone in phones:
        assert phone.log_in(mina.email).status_code == 201
    assert [phone.get("me").status_code for phone in phones] == [401, 200, 200]


@pytest.mark.usefixtures("shared_redis")
def test_a_session_that_is_not_cached_waits_for_redis_twice(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    left, session_id = requests_left(phone), phone.pair["session_id"]
    cache.delete(f"session:{session_id}")
    waits = Waits(monkeypatch)
    assert (requests_left(phone), waits.number) == (left - 1, 2)
    assert _remembered(phone) == 1


@pytest.mark.usefixtures("shared_redis")
def test_publishing_counts_both_of_its_windows_together(phone: Phone, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"post-member": "2/hour;3/day"}
    assert [phone.post("posts", text="Snow").status_code for _ in range(4)] == [201, 201, 429, 429]
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"post-member": "9/hour;3/day"}
    # The two refused requests were not counted in the longer window.
    assert [phone.post("posts", text="Snow").status_code for _ in range(2)] == [201, 429]
