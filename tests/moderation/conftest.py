"""Fixtures for reports: Mina's post with two images, Jun's phone, and a database that threads share."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from media.models import Image
from posts.models import Post
from tests.accounts.conftest import at_once, code_for, proof_for, shared_db  # noqa: F401 - fixtures
from tests.accounts.phone import Phone


@pytest.fixture
def post(mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]) -> Post:
    """A post of Mina with two images."""
    images = [store_image(mina), store_image(mina, color="red")]
    images[0].set_alt("A garden")
    published = Post.objects.publish(author=mina, text="Look at this.", image_ids=[image.pk for image in images])
    run_jobs()
    return published


@pytest.fixture
def phone(jun: Member) -> Phone:
    """Jun's."""
    return Phone.of(jun)
