"""A post of Mina's, and phones of members who have been there for longer than a day."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from posts.models import Post
from tests.accounts.conftest import at_once, shared_db
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, PostFactory

__all__ = ["at_once", "shared_db"]
LONG_AGO = timezone.now() - timedelta(days=400)


@pytest.fixture(autouse=True)
def _members_of_long_ago(mina: Member, jun: Member, sora: Member) -> None:
    Member.objects.update(created_at=LONG_AGO)


@pytest.fixture
def post(mina: Member) -> Post:
    """Mina's post."""
    return PostFactory.create(author=mina)


@pytest.fixture
def minas(mina: Member) -> Phone:
    return Phone.of(mina)


@pytest.fixture
def juns(jun: Member) -> Phone:
    return Phone.of(jun)


@pytest.fixture
def soras(sora: Member) -> Phone:
    return Phone.of(sora)


def others(number: int) -> list[Member]:
    """So many further members of long ago."""
    return MemberFactory.create_batch(number, created_at=LONG_AGO)


def read(phone: Phone) -> list[dict[str, Any]]:
    """The list of notifications, of which the number that are not seen is what the count says."""
    results: list[dict[str, Any]] = phone.get("notifications").json()["results"]
    unread = phone.get("notifications/unread").json()
    assert unread == {"count": sum(not each["is_seen"] for each in results), "more": False}
    return results


def kinds(phone: Phone) -> list[str]:
    return [each["kind"] for each in read(phone)]


def actors(phone: Phone) -> list[list[str]]:
    """The nicknames of the actors of each notification."""
    return [[actor["nickname"] for actor in each["actors"]] for each in read(phone)]


def see(phone: Phone, shown: dict[str, Any]) -> None:
    """Mark everything up to a notification as seen, as it was shown."""
    body = {name: shown[name] for name in ("id", "latest_at")}
    assert phone.put("notifications/seen", **body).status_code == 204
