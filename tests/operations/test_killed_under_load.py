"""Worker processes are killed while members publish."""

import http.client
import json
import os
import signal
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.demo_server import demo_server
from tests.polling import wait_until
from tests.server_process import ServerProcess

WRITERS, ROUNDS = 4, 3


def call(server: ServerProcess, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    """Send a request on a connection of its own; return status and JSON, status 0 without a response."""
    try:
        with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            sent = None if body is None else json.dumps(body)
            connection.request(method, f"/api/v1/{path}", sent, {"Content-Type": "application/json"} | headers)
            response = connection.getresponse()
            return response.status, json.loads(response.read() or "null")
    except (OSError, http.client.HTTPException):
        return 0, None


def texts_in_feed(server: ServerProcess, auth: dict[str, str]) -> list[str]:
    """Return the texts of all posts."""
    page = call(server, "GET", "posts?limit=100", **auth)[1]
    texts = [post["text"] for post in page["results"]]
    while page["next"]:
        page = call(server, "GET", f"posts?limit=100&cursor={page['next']}", **auth)[1]
        texts += [post["text"] for post in page["results"]]
    return texts


@pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")
def test_a_post_is_published_once_however_many_workers_are_killed(tmp_path: Path) -> None:
    published: list[dict[str, Any]] = []
    over = threading.Event()

    def write() -> None:
        while not over.is_set():
            key, text = str(uuid4()), uuid4().hex
            # A client repeats what was not acknowledged, with the same key.
            status: int = 0
            post: Any = None
            while status != 201:
                status, post = call(server, "POST", "posts", {"text": text}, **auth, **{"Idempotency-Key": key})
            published.append(post)

    settings = {"RATE_LIMITS": "off", "OUTBOX_THREAD": "off", "IDEMPOTENCY_LEASE_SECONDS": "2"}
    with demo_server(tmp_path, settings) as server:
        login = {"email": DEMO_MEMBER, "password": DEMO_PASSWORD}
        auth = {"Authorization": f"Bearer {call(server, 'POST', 'sessions', login)[1]['access']}"}
        with ThreadPoolExecutor(WRITERS) as threads:
            writers = [threads.submit(write) for _ in range(WRITERS)]
            for number in range(ROUNDS):
                least = 10 * number + 10
                wait_until(lambda: len(published) >= least)  # noqa: B023 - called before the next round
                for worker in server.workers():
                    os.kill(worker, signal.SIGKILL)
            over.set()
        for writer in writers:
            writer.result()
        texts = texts_in_feed(server, auth)
    assert [texts.count(post["text"]) for post in published] == [1] * len(published)
