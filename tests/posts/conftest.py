"""Posts with images, and the files in storage."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework.test import APIClient

from accounts.models import Member
from media.models import Image
from posts.models import Post
from tests.accounts.conftest import at_once, shared_db  # noqa: F401 - fixtures

Texts = Callable[..., list[str]]
# What an author reads of a post that nobody else has touched.
VIEWER = {"is_author": True, "hearted": False, "saved": False, "muted_author": False}


@pytest.fixture
def illustrated(store_image: Callable[..., Image]) -> Callable[..., Post]:
    """Publishes a post with a number of images."""

    def publish(author: Member, text: str = "Look.", images: int = 1) -> Post:
        image_ids = [store_image(author).pk for _ in range(images)]
        return Post.objects.publish(author=author, text=text, image_ids=image_ids)

    return publish


@pytest.fixture
def texts() -> Texts:
    """What a client reads in a feed, in its order."""

    def read(client: APIClient, **params: Any) -> list[str]:
        return [post["text"] for post in client.get("/api/v1/posts", params).json()["results"]]

    return read


def files() -> set[Path]:
    """Every file in storage."""
    return {at for at in Path(settings.MEDIA_ROOT).rglob("*") if at.is_file()}


@pytest.fixture(autouse=True)
def _quiet_client() -> None:
    """Keep the client's line for each request out of the output of a failed test."""
    logging.getLogger("httpx").setLevel(logging.WARNING)
