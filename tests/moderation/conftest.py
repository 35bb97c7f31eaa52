"""Fixtures for reports: Mina's post with two images, Jun's phone, the staff, and a database that threads share."""

from collections.abc import Callable

import pytest

from accounts.models import Member
from media.models import Image
from moderation.ranks import AUDITOR, MODERATOR, SENIOR_MODERATOR
from posts.models import Post
from tests.accounts.conftest import at_once, code_for, proof_for, shared_db  # noqa: F401 - fixtures
from tests.accounts.phone import Phone
from tests.moderation.staff import staff_member


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


@pytest.fixture
def hana(db: None) -> Member:
    """Hana, a moderator."""
    return staff_member(MODERATOR, nickname="Hana", name="Choi Hana", email="hana@example.com")


@pytest.fixture
def dora(db: None) -> Member:
    """Dora, another moderator."""
    return staff_member(MODERATOR, nickname="Dora", name="Jung Dora", email="dora@example.com")


@pytest.fixture
def yuna(db: None) -> Member:
    """Yuna, a senior moderator."""
    return staff_member(SENIOR_MODERATOR, nickname="Yuna", name="Yoon Yuna", email="yuna@example.com")


@pytest.fixture
def auditor(db: None) -> Member:
    """An auditor, who may read everything and change nothing."""
    return staff_member(AUDITOR)
