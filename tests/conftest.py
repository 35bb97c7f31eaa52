"""The cast: Mina writes, Jun reads, Sora moderates; each with a client that is signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from rest_framework.test import APIClient

from accounts.models import Member
from accounts.sessions import rotation
from libs.outbox.worker import Worker
from media.models import Image
from tests.factories import MemberFactory, store_images, upload

pytest_plugins = ["tests.services_plugin"]


def signed_in(member: Member, device: str = "phone") -> APIClient:
    """A client with a login session of its own."""
    pair = rotation.start_session(member, audience="v1", device=device, network="192.0.2.0/24")
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    client.pair = pair  # type: ignore[attr-defined]
    return client


@pytest.fixture(autouse=True)
def _own_language() -> None:
    """No test speaks the language that another one left behind."""
    translation.deactivate()


@pytest.fixture
def api() -> APIClient:
    """A client that nobody has signed in."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def mina(db: None) -> Member:
    """She writes."""
    return MemberFactory.create(email="mina@example.com", name="Kim Mina", nickname="Mina")


@pytest.fixture
def jun(db: None) -> Member:
    """He reads."""
    return MemberFactory.create(email="jun@example.com", name="Lee Jun", nickname="Jun")


@pytest.fixture
def sora(db: None) -> Member:
    """She moderates."""
    return MemberFactory.create(
        email="sora@example.com", name="Park Sora", nickname="Sora", is_staff=True, is_superuser=True
    )


@pytest.fixture
def mina_api(mina: Member) -> APIClient:
    """Mina's phone."""
    return signed_in(mina)


@pytest.fixture
def jun_api(jun: Member) -> APIClient:
    """Jun's phone."""
    return signed_in(jun)


@pytest.fixture
def image_of() -> Callable[..., Image]:
    """Puts an uploaded picture of a member in place, shown by nothing yet."""

    def accept(owner: Member, **options: Any) -> Image:
        (image,) = store_images([upload(**options)], owner=owner)
        return image

    return accept


@pytest.fixture
def work() -> Callable[[], None]:
    """Does what the outbox holds."""

    def drain() -> None:
        Worker().drain()

    return drain
