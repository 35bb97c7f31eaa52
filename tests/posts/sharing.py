"""Sharing posts in tests: a phone that shares, and a stranger's browser."""

from typing import Any
from urllib.parse import urlsplit

from django.test import Client

from posts.models import Post
from tests.accounts.phone import Phone


def share(phone: Phone, post: Post) -> str:
    """Share the post; the URL of its page."""
    response = phone.put(f"posts/{post.pk}/share")
    assert response.status_code == 200
    return str(response.json()["url"])


def visit(url: str, language: str = "en", **headers: str) -> Any:
    """Open a page as somebody without an account."""
    return Client().get(urlsplit(url).path, headers={"accept-language": language} | headers)


def embed(**parameters: Any) -> Any:
    """Ask for the embed of a URL as another site does."""
    return Client().get("/oembed", parameters)
