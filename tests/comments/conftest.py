"""A post of Mina's, and phones to comment on it with."""

from typing import Any

import pytest

from accounts.models import Member
from posts.models import Post
from tests.accounts.conftest import at_once, shared_db
from tests.accounts.phone import Phone
from tests.factories import PostFactory

__all__ = ["at_once", "shared_db"]


@pytest.fixture
def post(mina: Member) -> Post:
    """Mina's post, which all comments of a test are on."""
    return PostFactory.create(author=mina)


@pytest.fixture
def minas(mina: Member) -> Phone:
    return Phone.of(mina)


@pytest.fixture
def juns(jun: Member) -> Phone:
    return Phone.of(jun)


def write(phone: Phone, post: Post, text: str = "Snow!", **fields: Any) -> str:
    """Comment, and return the id."""
    response = phone.post(f"posts/{post.pk}/comments", text=text, **fields)
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def read(phone: Phone, path: Post | str) -> list[dict[str, Any]]:
    """The comments of a post, or the replies to a comment with this id."""
    path = f"posts/{path.pk}/comments" if isinstance(path, Post) else f"comments/{path}/replies"
    results: list[dict[str, Any]] = phone.get(path).json()["results"]
    return results


def texts(phone: Phone, path: Post | str) -> list[str]:
    return [comment["text"] for comment in read(phone, path)]
