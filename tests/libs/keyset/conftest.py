"""Whose list is paged."""

import pytest

from accounts.models import Member
from tests.factories import put
from tests.libs.keyset.followers import Followers


@pytest.fixture
def followers(db: None) -> Followers:
    """Nobody yet, and a hundred strangers who may become it."""
    names = [f"{number}@example.com" for number in range(101)]
    members = [Member(email=name, name=name, nickname=name, password="!") for name in names]
    followed, *strangers = put(members)
    return Followers(followed, strangers)


@pytest.fixture
def ten(followers: Followers) -> Followers:
    """Ten followers, 0 the oldest, of whom 3 to 7 came in the same microsecond."""
    for id_ in range(10):
        followers.add(id_, tick=min(id_, 3) + max(id_ - 7, 0))
    return followers
