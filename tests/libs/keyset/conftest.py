"""Lists of followers to page through."""

import pytest

from accounts.models import Member
from tests.factories import put
from tests.libs.keyset.followers import Followers


@pytest.fixture
def followers(db: None) -> Followers:
    """A member without followers, and a hundred members who may follow."""
    names = [f"{number}@example.com" for number in range(101)]
    members = [Member(email=name, name=name, nickname=name, password="!") for name in names]
    followed, *others = put(members)
    return Followers(followed, others)


@pytest.fixture
def ten(followers: Followers) -> Followers:
    """Ten followers, 0 the oldest, of whom 3 to 7 followed in the same microsecond."""
    for id_ in range(10):
        followers.add(id_, tick=min(id_, 3) + max(id_ - 7, 0))
    return followers
