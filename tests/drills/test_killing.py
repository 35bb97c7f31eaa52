"""Worker processes of the server and of the outbox are killed while members publish and ask for codes."""

import json
import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from threading import Event
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from media.image_urls import SUFFIXES
from tests.accounts.scripted_mail_server import ScriptedMailServer, running_mail_server
from tests.drills.conftest import StartServer
from tests.drills.load import KeepAliveClient, log_in, report, request_bytes, texts_in_feed, wait_for_more
from tests.factories import upload
from tests.polling import wait_until
from tests.server_process import ROOT, ServerProcess

pytestmark = [
    pytest.mark.drill,
    pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc"),
]
WRITERS, ROUNDS, POSTS_IN_ROUND = 4, 4, 8
# Short, so that others take over soon what a killed process has left. Seconds.
LEASE = "5"


@dataclass
class Members:
    """Members who publish posts with an image and ask for codes, each on a connection of its own."""

    server: ServerProcess
    token: str
    published: list[Any] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    over: Event = field(default_factory=Event)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Let them work meanwhile, and finish what they have begun."""
        with ThreadPoolExecutor(WRITERS + 1) as threads:
            running = [threads.submit(self._repeat, self._publish) for _ in range(WRITERS)]
            running.append(threads.submit(self._repeat, self._ask_for_code))
            try:
                yield
            finally:
                self.over.set()
            for each in running:
                each.result()

    def _repeat(self, action: Callable[[KeepAliveClient], None]) -> None:
        with closing(KeepAliveClient(self.server)) as client:
            while not self.over.is_set():
                action(client)

    def _publish(self, client: KeepAliveClient) -> None:
        content = encode_multipart(BOUNDARY, {"image": upload()})
        image = self._until_created(client, "images", content, Content_Type=MULTIPART_CONTENT)
        self.published.append(self._until_created(client, "posts", {"text": uuid4().hex, "image_ids": [image["id"]]}))

    def _until_created(self, client: KeepAliveClient, path: str, body: Any, **headers: str) -> Any:
        """Repeat a request with the same key until it is acknowledged, as an app does; return what was created."""
        request = request_bytes("POST", path, self.token, body, Idempotency_Key=str(uuid4()), **headers)

        def send() -> Any:
            status, answer = client.send(request)
            assert status in (201, 409, 503), answer
            return json.loads(answer) if status == 201 else None

        return wait_until(send, retry_on=(OSError,))

    def _ask_for_code(self, client: KeepAliveClient) -> None:
        # Each address asks once: a person who repeats a request may get two e-mails.
        address = f"new{next(self.numbers)}@example.com"
        try:
            status, _ = client.send(request_bytes("POST", "verification-codes", body={"email": address}))
        except OSError:
            return
        assert status == 202
        self.asked.append(address)


class OutboxProcess:
    """`manage.py run_outbox`, started again whenever it was killed."""

    def __init__(self, server: ServerProcess) -> None:
        self.server = server
        self.start()

    def start(self) -> None:
        """Start it."""
        with (self.server.var / "outbox.log").open("ab") as log:
            command = [sys.executable, "manage.py", "run_outbox"]
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.server.environment, stderr=log)

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.wait()


@dataclass
class Scene:
    """A server with members, an outbox process and a mail server."""

    server: ServerProcess
    outbox: OutboxProcess
    mail: ScriptedMailServer
    members: Members
    # Keys of images that were there before. Not all of them have files.
    seeded: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.seeded = self.image_keys()

    def query(self, statement: str) -> list[Any]:
        """Return the rows of a statement."""
        with psycopg.connect(self.server.environment["DATABASE_URL"]) as connection:
            return connection.execute(statement.encode()).fetchall()

    def kill_workers(self, number: int) -> None:
        """Kill all workers of the server, and in every other round the outbox process, too, while it sends e-mails."""
        if number % 2:
            wait_for_more(self.mail.messages, 3)
            self.outbox.kill()
            self.outbox.start()
        for worker in self.server.workers():
            os.kill(worker, signal.SIGKILL)

    def wait_for_jobs(self) -> None:
        """Wait until no job is left, which includes the ends of leases of killed workers."""
        wait_until(lambda: self.query("SELECT 1 WHERE NOT EXISTS (SELECT FROM outbox_job WHERE done_at IS NULL)"), 120)

    def clean_up(self) -> None:
        """Delete images that nothing uses, however new they are."""
        environment = self.server.environment | {"IMAGE_UNREFERENCED_HOURS": "0"}
        command = [sys.executable, "manage.py", "cleanup"]
        assert subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0
        self.wait_for_jobs()

    def image_keys(self) -> set[str]:
        """The keys of all images that are stored completely, but not of the seeded ones."""
        rows = self.query("SELECT key FROM media_image WHERE variants_at IS NOT NULL AND discarded_at IS NULL")
        return {key for (key,) in rows} - self.seeded

    def image_files(self) -> set[str]:
        """The names of all files in the storage of images, but not of the seeded ones."""
        folder = self.server.var / "pictures"
        names = {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}
        return {name for name in names if name.partition(".")[0] not in self.seeded}


@pytest.fixture
def scene(start_server: StartServer) -> Iterator[Scene]:
    """A server whose e-mails take a moment, as real mail servers make them."""
    with running_mail_server() as mail:
        mail.delay = 0.5
        server = start_server(
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=str(mail.port),
            EMAIL_USE_TLS="off",
            OUTBOX_LEASE_SECONDS=LEASE,
            IDEMPOTENCY_LEASE_SECONDS="2",
        )
        outbox = OutboxProcess(server)
        yield Scene(server, outbox, mail, Members(server, log_in(server)))
        outbox.kill()


def recipients(mail: ScriptedMailServer) -> Counter[str]:
    """How many e-mails the mail server got for each address."""
    found = (re.search(rb"^To: (.+?)\r$", message, re.MULTILINE) for message in mail.messages)
    return Counter(each[1].decode() for each in found if each)


def test_nothing_is_lost_or_done_twice_however_many_processes_are_killed(scene: Scene) -> None:
    members = scene.members
    with members.at_work():
        for number in range(ROUNDS):
            wait_for_more(members.published, POSTS_IN_ROUND)
            scene.kill_workers(number)
            report(f"killed {number + 1} of {ROUNDS} times; {len(members.published)} posts, {len(members.asked)} codes")
    scene.wait_for_jobs()
    scene.clean_up()

    texts = texts_in_feed(scene.server, members.token)
    assert [texts.count(post["text"]) for post in members.published] == [1] * len(members.published)
    complete = {f"{key}.{suffix}" for key in scene.image_keys() for suffix in SUFFIXES.values()}
    assert (complete - scene.image_files(), scene.image_files() - complete) == (set(), set())
    assert len(scene.image_keys()) == len(members.published)

    emails = recipients(scene.mail)
    [(interrupted,)] = scene.query("SELECT count(*) FROM outbox_job WHERE last_error LIKE '%died during a step%'")
    report(f"{len(emails)} e-mails; {interrupted} were being sent when their worker was killed")
    assert [address for address, number in emails.items() if number > 1] == []
    assert len(set(members.asked) - set(emails)) <= interrupted
    assert not scene.query("SELECT 1 FROM outbox_job WHERE dead_at IS NOT NULL")
