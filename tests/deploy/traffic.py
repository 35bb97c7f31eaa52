"""Members who use a server behind a proxy meanwhile, as phones do, and what became of their requests."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from threading import Event
from typing import Any
from uuid import uuid4

from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.drills.load import KeepAliveClient, request_bytes
from tests.factories import upload
from tests.polling import wait_until

CLIENTS = 6
# How often a phone repeats a request that failed. Seconds.
REPEAT_SECONDS = 0.5


@dataclass
class Traffic:
    """Members who read, publish, upload and renew their tokens through nginx, each request by its own connection."""

    edge: Any
    results: Counter[int | str] = field(default_factory=Counter)
    published: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    @contextmanager
    def flowing(self) -> Iterator["Traffic"]:
        """Send requests meanwhile."""
        with ThreadPoolExecutor(CLIENTS) as threads:
            running = [threads.submit(self._send_in_turn) for _ in range(CLIENTS)]
            try:
                yield self
            finally:
                self.over.set()
            for each in running:
                each.result()

    @property
    def failed(self) -> dict[int | str, int]:
        """What was not answered with success, or not at all."""
        return {found: number for found, number in self.results.items() if isinstance(found, str) or found >= 300}

    def _send_in_turn(self) -> None:
        tokens = self._request("POST", "sessions", {"email": DEMO_MEMBER, "password": DEMO_PASSWORD})
        actions: list[Callable[[dict[str, Any]], Any]] = [self._read] * 8 + [self._publish, self._renew]
        for action in cycle(actions):
            if self.over.is_set():
                return
            tokens = action(tokens) or tokens

    def _read(self, tokens: dict[str, Any]) -> None:
        self._request("GET", "posts", token=tokens["access"])

    def _publish(self, tokens: dict[str, Any]) -> None:
        content = encode_multipart(BOUNDARY, {"image": upload()})
        image = self._request("POST", "images", content, tokens["access"], Content_Type=MULTIPART_CONTENT)
        text = uuid4().hex
        self._request("POST", "posts", {"text": text, "image_ids": [image["id"]]}, tokens["access"])
        self.published.append(text)

    def _renew(self, tokens: dict[str, Any]) -> Any:
        return self._request("POST", "sessions/refresh", {"refresh": tokens["refresh"]})

    def _request(self, method: str, path: str, body: Any = None, token: str = "", **headers: str) -> Any:
        """Send a request, and repeat it with the same key while it fails, as phones do."""
        key = {"Idempotency_Key": str(uuid4())} if method == "POST" and "sessions" not in path else {}
        request = request_bytes(method, path, token, body, Connection="close", **key, **headers)
        while True:
            try:
                with closing(KeepAliveClient(self.edge)) as client:
                    status, answer = client.send(request)
            except OSError as error:
                self.results[type(error).__name__] += 1
            else:
                self.results[status] += 1
                assert status < 300 or status >= 500 or status == 409, answer
                if status < 300:
                    return json.loads(answer)
            if self.over.wait(REPEAT_SECONDS):
                raise AssertionError(f"{method} {path} was never answered")


def wait_for_requests(traffic: Traffic, number: int) -> None:
    """Wait until so many more have been sent."""
    least = traffic.results.total() + number
    wait_until(lambda: traffic.results.total() >= least)


def log_in(traffic: Traffic) -> str:
    """Log in through the proxy; returns an access token."""
    return str(traffic._request("POST", "sessions", {"email": DEMO_MEMBER, "password": DEMO_PASSWORD})["access"])
