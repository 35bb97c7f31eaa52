"""Handlers for these tests; each adds its payload to `done`."""

import threading
import time
from datetime import timedelta
from typing import Any

from structlog.contextvars import get_contextvars

from libs.outbox.errors import PermanentFailure, Postponed, RetryLater
from libs.outbox.lease import begin_irreversible_step
from libs.outbox.registry import handles

done: list[dict[str, Any]] = []
postponed: list[dict[str, Any]] = []
request_ids: list[Any] = []
hold = threading.Event()


@handles("test.note")
def note(payload: dict[str, Any]) -> None:
    done.append(payload)
    request_ids.append(get_contextvars().get("request_id"))


@handles("test.nap")
def nap(payload: dict[str, Any]) -> None:
    time.sleep(0.002)
    done.append(payload)


@handles("test.wait")
def wait(payload: dict[str, Any]) -> None:
    """Wait until the test sets `hold`."""
    assert hold.wait(60)
    done.append(payload)


@handles("test.hang", lane="slow")
def hang(payload: dict[str, Any]) -> None:
    """Wait until the test sets `hold`, in a lane of its own."""
    wait(payload)


@handles("test.fail")
def fail(payload: dict[str, Any]) -> None:
    raise ConnectionError("mail.example refused mina@example.com with a1B2c3D4\nat once")


@handles("test.exit")
def leave(payload: dict[str, Any]) -> None:
    raise SystemExit(1)


@handles("test.later")
def fail_for_a_while(payload: dict[str, Any]) -> None:
    raise RetryLater("the other side asks for patience", timedelta(seconds=payload["seconds"]))


@handles("test.impossible")
def impossible(payload: dict[str, Any]) -> None:
    raise PermanentFailure("no such mailbox")


@handles("test.postpone")
def postpone(payload: dict[str, Any]) -> None:
    postponed.append(payload)
    raise Postponed("too many today", timedelta(hours=1))


@handles("test.irreversible")
def irreversible(payload: dict[str, Any]) -> None:
    """Fail in a step that must not be done twice, unless the payload lets it succeed."""
    begin_irreversible_step()
    if "fail" in payload:
        raise ConnectionError("it was not done")
    done.append(payload)
