"""Members for tests (Mina writes, Jun reads, Sora moderates), each with a client that is logged in."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TestCase
from django.utils import translation
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.models import Member
from accounts.sessions import token_rotation
from libs.outbox.worker import Worker
from media.models import Image
from moderation.decision_triggers import TABLE, TRUNCATE_TRIGGER
from tests.factories import MemberFactory, store_images, upload

pytest_plugins = ["tests.services_plugin"]


def logged_in(member: Member, device: str = "phone") -> APIClient:
    """Start a login session for the member, and return a client that uses its access token."""
    pair = token_rotation.start_session(member, audience="v1", device=device, network="192.0.2.0/24")
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {pair.access}")
    client.pair = pair  # type: ignore[attr-defined]
    return client


@pytest.fixture(autouse=True)
def _default_language() -> None:
    """Every test begins in the default language, whatever another one has activated."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _named_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Commands are run by somebody with a name, also where the tests run as root."""
    monkeypatch.setenv("SUDO_USER", "taylor")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, whose tables Django empties by TRUNCATE, that of decisions too."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER {TRUNCATE_TRIGGER}")


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A transaction around the tests of a module, for records that are made once and that each test may change.

    A test that uses them also needs `db`, which takes its changes back, and copies of the Python objects.
    """
    with django_db_blocker.unblock():
        transactions = TestCase._enter_atomics()  # type: ignore[attr-defined]
        yield
        TestCase._rollback_atomics(transactions)  # type: ignore[attr-defined]


@pytest.fixture
def api() -> APIClient:
    """A client without a login session."""
    return APIClient(raise_request_exception=False)


@pytest.fixture
def mina(db: None) -> Member:
    """Mina, who writes."""
    return MemberFactory.create(email="mina@example.com", name="Kim Mina", nickname="Mina")


@pytest.fixture
def jun(db: None) -> Member:
    """Jun, who reads."""
    return MemberFactory.create(email="jun@example.com", name="Lee Jun", nickname="Jun")


@pytest.fixture
def sora(db: None) -> Member:
    """Sora, who moderates."""
    return MemberFactory.create(
        email="sora@example.com", name="Park Sora", nickname="Sora", is_staff=True, is_superuser=True
    )


@pytest.fixture
def mina_api(mina: Member) -> APIClient:
    """Mina's phone."""
    return logged_in(mina)


@pytest.fixture
def jun_api(jun: Member) -> APIClient:
    """Jun's phone."""
    return logged_in(jun)


@pytest.fixture
def store_image() -> Callable[..., Image]:
    """Stores an uploaded image of a member that no post or avatar uses yet."""

    def store(owner: Member, **options: Any) -> Image:
        (image,) = store_images([upload(**options)], owner=owner)
        return image

    return store


@pytest.fixture
def run_jobs() -> Callable[[], None]:
    """Runs the jobs of the outbox until none is due."""

    def drain() -> None:
        Worker().drain()

    return drain
