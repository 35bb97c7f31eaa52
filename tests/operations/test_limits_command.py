"""`manage.py limits`: an operator lets somebody in who has used up a limit, and locks nobody out."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.core.management import CommandError

from accounts.models import Member
from tests.accounts.phone import HOME, Phone, code_of
from tests.operations.commands import Operator

pytestmark = pytest.mark.django_db


@pytest.fixture
def shared_limits(redis_url: str, settings: Any) -> Iterator[None]:
    """Limits that are counted in Redis."""
    settings.REDIS_URL = redis_url
    redis.Redis.from_url(redis_url).flushdb()
    yield
    redis.Redis.from_url(redis_url).flushdb()


@pytest.mark.usefixtures("shared_limits")
def test_a_member_with_used_up_limits_goes_on_after_they_are_cleared(
    operator: Operator, mina: Member, settings: Any
) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"post-member": "1/hour"}
    phone = Phone.of(mina)
    assert phone.post("posts", text="One").status_code == 201
    assert code_of(phone.post("posts", text="Two")) == "too_many_requests"
    counters = operator.run("limits", "show", "--email", mina.email)["counters"]
    assert {"scope": "post-member", "key": "member", "limit": "1 per 1 hour", "hits": 2, "allowed": 1} in counters
    assert operator.run("limits", "clear", "--email", mina.email, "--as", "ops")["cleared"] == len(counters)
    assert phone.post("posts", text="Two").status_code == 201


@pytest.mark.usefixtures("shared_limits")
def test_wrong_passwords_of_a_network_and_in_a_row_are_cleared(operator: Operator, mina: Member, settings: Any) -> None:
    settings.PASSWORD_GUESSES_PER_NETWORK = 2
    for _ in range(2):
        Phone().log_in(mina.email, "wrong")
    assert code_of(Phone().log_in(mina.email)) == "too_many_guesses"
    shown = operator.run("limits", "show", "--email", mina.email, "--address", HOME)["counters"]
    assert {row["key"]: row["hits"] for row in shown if row["scope"] == "password guesses"} == {
        "all networks, in a row": 2,
        "this network": 2,
    }
    operator.run("limits", "clear", "--email", mina.email, "--address", HOME)
    assert Phone().log_in(mina.email).status_code == 201


@pytest.mark.usefixtures("shared_limits")
@pytest.mark.parametrize("address", ["192.0.2.7", "2001:db8::7"])
def test_an_address_is_cleared_with_its_networks(operator: Operator, settings: Any, address: str) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"sign-in-address": "1/hour"}
    for _ in range(5):
        answer = Phone(address).log_in("nobody@example.com")
    assert code_of(answer) == "too_many_requests"
    operator.run("limits", "clear", "--address", address)
    assert code_of(Phone(address).log_in("nobody@example.com")) == "credentials_wrong"
    operator.run("limits", "clear", "--address", "198.51.100.9")
    assert operator.code == 2


def test_without_redis_the_command_says_where_the_counters_are(operator: Operator, settings: Any) -> None:
    settings.REDIS_URL = ""
    with pytest.raises(CommandError, match="in its memory"):
        operator.run("limits", "show", "--address", "192.0.2.7")


@pytest.mark.parametrize("words", [(), ("--address", "home")])
def test_a_question_about_nobody_is_refused(operator: Operator, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        operator.run("limits", "show", *words)
