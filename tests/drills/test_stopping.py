"""SIGTERM while members publish: what was accepted is answered, and nothing else is accepted."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from tests.drills.conftest import StartServer
from tests.drills.load import KeepAliveClient, log_in, report, request_bytes, texts_in_feed, wait_for_more
from tests.server_process import ServerProcess

pytestmark = pytest.mark.drill
WRITERS = 8


@dataclass
class Writer:
    """Publishes posts until the server refuses the connection; on one connection, or on a new one for each."""

    server: ServerProcess
    token: str
    keeps_connection: bool
    published: list[str]
    errors: Counter[str] = field(default_factory=Counter)

    def run(self) -> None:
        """Publish until refused."""
        with closing(KeepAliveClient(self.server)) as client:
            while True:
                is_new = not client.is_connected
                try:
                    self._publish(client)
                except ConnectionRefusedError:
                    return
                except OSError as error:
                    # An idle connection may be closed at any time (RFC 9112, 9.3.1), but not a new one.
                    if is_new:
                        self.errors[type(error).__name__] += 1

    def _publish(self, client: KeepAliveClient) -> None:
        text, headers = uuid4().hex, {} if self.keeps_connection else {"Connection": "close"}
        status, body = client.send(request_bytes("POST", "posts", self.token, {"text": text}, **headers))
        assert status == 201, json.loads(body)
        self.published.append(text)


def test_what_was_accepted_before_sigterm_is_answered_and_nothing_after_it(start_server: StartServer) -> None:
    server = start_server()
    token, published = log_in(server), list[str]()
    writers = [Writer(server, token, number % 2 == 0, published) for number in range(2 * WRITERS)]
    with ThreadPoolExecutor(len(writers)) as threads:
        running = [threads.submit(writer.run) for writer in writers]
        wait_for_more(published, 100)
        before = len(published)
        assert server.stop() == 0
        for each in running:
            each.result()
    report(f"{before} posts before SIGTERM, {len(published) - before} after it")
    # The kernel resets a connection that is made in the moment between the last look for one and the closing.
    assert sum((writer.errors for writer in writers), Counter()).total() <= 1
    server.start()
    stored = texts_in_feed(server, log_in(server))
    assert sorted(text for text in stored if len(text) == 32) == sorted(published)
