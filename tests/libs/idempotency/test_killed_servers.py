"""Servers that are killed while they process requests: repeats to the next server have their effect once."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from accounts.models import Member
from libs.idempotency.models import StoredResponse
from libs.outbox.worker import Worker
from media import cleanup
from media.models import Image
from posts.models import Post
from tests.conftest import logged_in
from tests.deploy.test_nginx import nginx
from tests.factories import upload
from tests.libs.outbox.processes import Environment
from tests.polling import wait_until
from tests.server_process import ServerProcess, running_server
from tests.services import free_port, program

POSTS, IMAGES = "/api/v1/posts", "/api/v1/images"
JSON = "application/json"
# Requests sent at the same time, each with a key of its own: the path, the body and its content type.
Requests = list[tuple[str, bytes, str]]
# Repeats that wait for Retry-After (2 seconds) meet a lease of 3 seconds this often; then the key is free.
REPEATS_WITHIN_LEASE = 2


@pytest.fixture
def requests() -> Requests:
    """A post, a post with an image, and an image."""
    with_image = encode_multipart(BOUNDARY, {"text": "Look.", "images": upload()})
    alone = encode_multipart(BOUNDARY, {"image": upload()})
    return [
        (POSTS, json.dumps({"text": "Snow."}).encode(), JSON),
        (POSTS, with_image, MULTIPART_CONTENT),
        (IMAGES, alone, MULTIPART_CONTENT),
    ]


@pytest.fixture
def access(mina: Member) -> str:
    """Mina's access token, which is valid on every server."""
    token: Any = logged_in(mina)
    return str(token.pair.access)


def send(server: ServerProcess, access: str, requests: Requests) -> list[HTTPConnection]:
    """Send all requests at once without reading a response."""
    exchanges = []
    for number, (path, body, kind) in enumerate(requests):
        exchange = HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {access}", "Content-Type": kind, "Idempotency-Key": f"k-{number}"}
        exchange.request("POST", path, body, headers)
        exchanges.append(exchange)
    return exchanges


def read_response(exchange: HTTPConnection) -> tuple[int, Any, dict[str, str]]:
    """Return the status, the body and the headers."""
    with closing(exchange):
        stored = exchange.getresponse()
        return stored.status, json.loads(stored.read()), dict(stored.headers)


def was_reset(exchange: HTTPConnection) -> bool:
    """Whether the connection ended without a response."""
    with closing(exchange), pytest.raises(ConnectionResetError):
        exchange.getresponse()
    return True


def repeat(server: ServerProcess, access: str, requests: Requests) -> list[tuple[int, Any, dict[str, str]]]:
    """Repeat the requests after Retry-After until none is refused for a running one; returns the responses."""
    for _ in range(REPEATS_WITHIN_LEASE):
        responses = [read_response(exchange) for exchange in send(server, access, requests)]
        waits = [int(headers["Retry-After"]) for status, _, headers in responses if status == 409]
        if not waits:
            return responses
        time.sleep(max(waits))
    return [read_response(exchange) for exchange in send(server, access, requests)]


@contextmanager
def unread_log(pipe: Path) -> Iterator[Any]:
    """A log that nobody reads. The given function fills it, so that the next writer blocks."""
    os.mkfifo(pipe)
    kept_open = os.open(pipe, os.O_RDWR)
    own = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)

    def fill() -> None:
        for piece in (b"." * 4_096, b"."):
            with suppress(BlockingIOError):
                while True:
                    os.write(own, piece)

    yield fill
    os.close(own)
    os.close(kept_open)


def files(folder: Path) -> list[str]:
    """Return the keys of the full-size images in storage."""
    return sorted(at.name.partition(".")[0] for at in folder.rglob("*.full.jpg"))


def keys() -> list[str]:
    """Return the keys of all images in the database."""
    return sorted(Path(key).name for key in Image.objects.values_list("key", flat=True))


def test_the_next_server_gives_the_response_of_a_committed_effect(
    environment: Environment, tmp_path: Path, access: str, requests: Requests
) -> None:
    # The log line is written between the commit and the response.
    with unread_log(tmp_path / "pipe") as fill, running_server(environment, tmp_path, "pipe") as server:
        fill()
        exchanges = send(server, access, requests)
        wait_until(lambda: StoredResponse.objects.filter(status=201).count() == len(requests))
        server.kill()
        assert all(was_reset(exchange) for exchange in exchanges)
    with running_server(environment, tmp_path) as server:
        responses = [read_response(exchange) for exchange in send(server, access, requests)]
    assert [(status, headers["Idempotency-Replayed"]) for status, _, headers in responses] == [(201, "true")] * 3
    posts, images = (
        {responses[0][1]["id"], responses[1][1]["id"]},
        {responses[1][1]["images"][0]["id"], responses[2][1]["id"]},
    )
    assert {str(pk) for pk in Post.objects.values_list("pk", flat=True)} == posts
    assert {str(pk) for pk in Image.objects.stored().values_list("pk", flat=True)} == images
    assert len(files(tmp_path)) == 2
    assert files(tmp_path) == keys()


@pytest.fixture
def _table_locks() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks all tables or none")


@contextmanager
def locked_tables(*tables: str) -> Iterator[None]:
    """Lock the tables, so that others who insert into them wait."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
        yield


def count_waiting() -> int:
    """Return how many others wait for a table lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("_table_locks")
def test_the_next_server_processes_a_request_without_an_effect(
    environment: Environment, tmp_path: Path, access: str, requests: Requests
) -> None:
    # The image waits to enqueue its variants, when its file is stored already, and the post waits for its own table.
    del requests[1]
    with running_server(environment, tmp_path) as server, locked_tables("posts_post", "outbox_job"):
        exchanges = send(server, access, requests)
        wait_until(lambda: count_waiting() == len(requests))
        server.kill()
        assert all(was_reset(exchange) for exchange in exchanges)
    assert (Post.objects.count(), Image.objects.stored().count(), len(files(tmp_path))) == (0, 0, 1)
    with running_server(environment, tmp_path) as server:
        first, again = (repeat(server, access, requests) for _ in range(2))
    assert [status for status, _, _ in first] == [201, 201]
    assert [body for _, body, _ in first] == [body for _, body, _ in again]
    assert str(Post.objects.get().pk) == first[0][1]["id"]
    assert str(Image.objects.stored().get().pk) == first[1][1]["id"]


@contextmanager
def two_slots(environment: Environment, folder: Path, log_name: str) -> Iterator[tuple[ServerProcess, ServerProcess]]:
    """A server with that log, and nginx, which repeats requests at a second server. Leases are longer than the test."""
    environment = environment | {"TRUSTED_PROXIES": "1", "IDEMPOTENCY_LEASE_SECONDS": "600"}
    (conf := folder / "nginx").mkdir()
    with (
        running_server(environment | {"PORT": str(free_port())}, folder, "other") as other,
        running_server(environment, folder, log_name) as live,
        nginx(conf, live.port, other=other.port) as edge,
    ):
        yield live, ServerProcess(f"http://127.0.0.1:{edge}", folder, environment)


needs_nginx = pytest.mark.skipif(not program("nginx"), reason="needs nginx")


@needs_nginx
def test_requests_of_a_killed_slot_are_answered_by_the_other_one(
    environment: Environment, tmp_path: Path, access: str, requests: Requests
) -> None:
    with unread_log(tmp_path / "pipe") as fill, two_slots(environment, tmp_path, "pipe") as (live, edge):
        fill()
        exchanges = send(edge, access, requests)
        wait_until(lambda: StoredResponse.objects.filter(status=201).count() == len(requests))
        exchanges.append(read := HTTPConnection(urlsplit(edge.url).netloc, timeout=60))
        read.request("GET", POSTS, headers={"Authorization": f"Bearer {access}"})
        live.kill()
        *posted, (status, feed, _) = [read_response(exchange) for exchange in exchanges]
    assert [(status, headers["Idempotency-Replayed"]) for status, _, headers in posted] == [(201, "true")] * 3
    assert (status, Post.objects.count(), Image.objects.stored().count()) == (200, 2, 2)
    assert {post["id"] for post in feed["results"]} == {posted[0][1]["id"], posted[1][1]["id"]}


@needs_nginx
@pytest.mark.usefixtures("_table_locks")
def test_requests_that_were_interrupted_are_processed_by_the_other_slot(
    environment: Environment, tmp_path: Path, access: str, requests: Requests
) -> None:
    with two_slots(environment, tmp_path, "log") as (live, edge):
        with locked_tables("posts_post", "outbox_job"):
            exchanges = send(edge, access, requests)
            wait_until(lambda: count_waiting() == len(requests))
            live.kill()
        responses = [read_response(exchange) for exchange in exchanges]
    assert [(status, "Idempotency-Replayed" in headers) for status, _, headers in responses] == [(201, False)] * 3
    assert (Post.objects.count(), Image.objects.stored().count()) == (2, 2)


@needs_nginx
def test_a_post_without_a_key_is_not_sent_to_the_other_slot(
    environment: Environment, tmp_path: Path, access: str
) -> None:
    with unread_log(tmp_path / "pipe") as fill, two_slots(environment, tmp_path, "pipe") as (live, edge):
        fill()
        exchange = HTTPConnection(urlsplit(edge.url).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {access}", "Content-Type": JSON}
        exchange.request("POST", POSTS, json.dumps({"text": "Snow."}), headers)
        wait_until(Post.objects.exists)
        live.kill()
        status, problem, _ = read_response(exchange)
    assert (status, problem["code"], Post.objects.count()) == (503, "unavailable", 1)


@pytest.mark.usefixtures("_table_locks")
def test_images_of_a_post_that_was_never_published_are_discarded(
    environment: Environment, tmp_path: Path, access: str, requests: Requests
) -> None:
    with running_server(environment, tmp_path) as server, locked_tables("posts_post"):
        (exchange,) = send(server, access, requests[1:2])
        wait_until(lambda: count_waiting() == 1)
        server.kill()
        assert was_reset(exchange)
    left = Image.objects.get()
    assert left.stored_at is None
    with running_server(environment, tmp_path) as server:
        ((status, post, _),) = repeat(server, access, requests[1:2])
    assert (status, Image.objects.count(), len(files(tmp_path))) == (201, 2, 2)
    Image.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert cleanup.clean_up_images() == cleanup.DiscardedImages(1, left.bytes)
    Worker().drain()
    assert [str(image.pk) for image in Image.objects.all()] == [post["images"][0]["id"]]
    assert files(tmp_path) == keys()
    assert not list(tmp_path.rglob(f"{Path(left.key).name}*"))
