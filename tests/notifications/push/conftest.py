"""A fake FCM, and members whose phones get push messages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django import Settings

from libs.outbox.worker import Worker
from tests.accounts.phone import Phone
from tests.notifications.conftest import at_once, juns, minas, post, shared_db, soras
from tests.notifications.fake_fcm import FakeFcm, running_fcm

__all__ = ["at_once", "juns", "minas", "post", "shared_db", "soras"]
KINDS = [f"notifications.{name}" for name in ("deliver", "deliver_seen", "push", "push_seen")]


@pytest.fixture
def fcm(settings: Settings) -> Iterator[FakeFcm]:
    """A fake FCM that messages go to, as in production."""
    with running_fcm() as server:
        settings.FCM_CREDENTIALS, settings.FCM_URL = server.credentials(), server.url
        settings.PUSH_SENDER = "notifications.push.fcm.send"
        yield server


def subscribe(phone: Phone, address: str = "minas-token", **changes: Any) -> None:
    body = {"kind": "token", "address": address, "previews": True} | changes
    assert phone.put("push-subscription", **body).status_code == 204


def deliver(seconds: float = 11) -> int:
    """Run the jobs of push messages that are due in so many seconds; returns how many ran."""
    with time_machine.travel(timezone.now() + timedelta(seconds=seconds)):
        return Worker(KINDS).drain()


def pushed(fcm: FakeFcm) -> list[dict[str, Any]]:
    """Deliver, and return the messages that came since the last time."""
    before = len(fcm.messages)
    deliver()
    return fcm.messages[before:]
