"""A server that is killed over requests, for real: their repeats to the next one create what was asked for, once."""

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
from media import purge
from media.models import Image
from posts.models import Post
from tests.conftest import signed_in
from tests.factories import upload
from tests.libs.outbox.processes import Environment
from tests.polling import wait_until
from tests.server_process import ServerProcess, running_server

POSTS, IMAGES = "/api/v1/posts", "/api/v1/images"
JSON = "application/json"
# What Mina asks for at the same time, each under a key of its own: the address, the body and its type.
Asked = list[tuple[str, bytes, str]]
# So often a repeat that heeds Retry-After (2 seconds) can meet a lease of 3 seconds; then the key is free.
PATIENCE = 2


@pytest.fixture
def asked() -> Asked:
    """A post, a post with a picture, and a picture."""
    with_picture = encode_multipart(BOUNDARY, {"text": "Look.", "images": upload()})
    alone = encode_multipart(BOUNDARY, {"image": upload()})
    return [
        (POSTS, json.dumps({"text": "Snow."}).encode(), JSON),
        (POSTS, with_picture, MULTIPART_CONTENT),
        (IMAGES, alone, MULTIPART_CONTENT),
    ]


@pytest.fixture
def access(mina: Member) -> str:
    """Mina's token, good at every server."""
    token: Any = signed_in(mina)
    return str(token.pair.access)


def send(server: ServerProcess, access: str, asked: Asked) -> list[HTTPConnection]:
    """Send everything at once and read no answer yet."""
    lines = []
    for number, (path, body, kind) in enumerate(asked):
        line = HTTPConnection(urlsplit(server.url).netloc, timeout=60)
        headers = {"Authorization": f"Bearer {access}", "Content-Type": kind, "Idempotency-Key": f"k-{number}"}
        line.request("POST", path, body, headers)
        lines.append(line)
    return lines


def heard(line: HTTPConnection) -> tuple[int, Any, dict[str, str]]:
    """An answer: its status, its body and its headers."""
    with closing(line):
        stored = line.getresponse()
        return stored.status, json.loads(stored.read()), dict(stored.headers)


def heard_nothing(line: HTTPConnection) -> bool:
    """Whether the line ended without a byte of an answer."""
    with closing(line), pytest.raises(ConnectionResetError):
        line.getresponse()
    return True


def repeated(server: ServerProcess, access: str, asked: Asked) -> list[tuple[int, Any, dict[str, str]]]:
    """The answers to repeats that wait as they are told to, for a bounded time."""
    for _ in range(PATIENCE):
        answers = [heard(line) for line in send(server, access, asked)]
        waits = [int(headers["Retry-After"]) for status, _, headers in answers if status == 409]
        if not waits:
            return answers
        time.sleep(max(waits))
    return [heard(line) for line in send(server, access, asked)]


@contextmanager
def unread_log(pipe: Path) -> Iterator[Any]:
    """A log that nobody reads; call it to fill it up: whoever writes a line into it waits from then on."""
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
    """The keys of the full pictures in storage."""
    return sorted(at.name.partition(".")[0] for at in folder.rglob("*.full.jpg"))


def keys() -> list[str]:
    """Where all pictures that we know of are."""
    return sorted(Path(key).name for key in Image.objects.values_list("key", flat=True))


def test_what_was_done_when_its_server_died_is_answered_by_the_next(
    environment: Environment, tmp_path: Path, access: str, asked: Asked
) -> None:
    # The line in the log is written between the commit and the answer.
    with unread_log(tmp_path / "pipe") as fill, running_server(environment, tmp_path, "pipe") as server:
        fill()
        lines = send(server, access, asked)
        wait_until(lambda: StoredResponse.objects.filter(status=201).count() == len(asked))
        server.kill()
        assert all(heard_nothing(line) for line in lines)
    with running_server(environment, tmp_path) as server:
        answers = [heard(line) for line in send(server, access, asked)]
    assert [(status, headers["Idempotency-Replayed"]) for status, _, headers in answers] == [(201, "true")] * 3
    posts, images = {answers[0][1]["id"], answers[1][1]["id"]}, {answers[1][1]["images"][0]["id"], answers[2][1]["id"]}
    assert {str(pk) for pk in Post.objects.values_list("pk", flat=True)} == posts
    assert {str(pk) for pk in Image.objects.stored().values_list("pk", flat=True)} == images
    assert len(files(tmp_path)) == 2
    assert files(tmp_path) == keys()


@pytest.fixture
def _tables_of_their_own() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks all tables or none")


@contextmanager
def nobody_adds_to(*tables: str) -> Iterator[None]:
    """Whoever adds a row to one of these tables waits until the end."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN SHARE MODE")
        yield


def waiting() -> int:
    """How many others wait for a table that we hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'relation'")
        return int(cursor.fetchone()[0])


@pytest.mark.usefixtures("_tables_of_their_own")
def test_what_was_not_done_when_its_server_died_is_done_by_the_next(
    environment: Environment, tmp_path: Path, access: str, asked: Asked
) -> None:
    # The picture's file is stored when its transaction waits to owe its variants, and the post with its picture's.
    del asked[1]
    with running_server(environment, tmp_path) as server, nobody_adds_to("posts_post", "outbox_job"):
        lines = send(server, access, asked)
        wait_until(lambda: waiting() == len(asked))
        server.kill()
        assert all(heard_nothing(line) for line in lines)
    assert (Post.objects.count(), Image.objects.stored().count(), len(files(tmp_path))) == (0, 0, 1)
    with running_server(environment, tmp_path) as server:
        first, again = (repeated(server, access, asked) for _ in range(2))
    assert [status for status, _, _ in first] == [201, 201]
    assert [said for _, said, _ in first] == [said for _, said, _ in again]
    assert str(Post.objects.get().pk) == first[0][1]["id"]
    assert str(Image.objects.stored().get().pk) == first[1][1]["id"]


@pytest.mark.usefixtures("_tables_of_their_own")
def test_pictures_of_a_post_whose_server_died_before_publishing_are_swept(
    environment: Environment, tmp_path: Path, access: str, asked: Asked
) -> None:
    with running_server(environment, tmp_path) as server, nobody_adds_to("posts_post"):
        (line,) = send(server, access, asked[1:2])
        wait_until(lambda: waiting() == 1)
        server.kill()
        assert heard_nothing(line)
    left = Image.objects.get()
    assert left.stored_at is None
    with running_server(environment, tmp_path) as server:
        ((status, post, _),) = repeated(server, access, asked[1:2])
    assert (status, Image.objects.count(), len(files(tmp_path))) == (201, 2, 2)
    Image.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert purge.purge_unreferenced() == purge.Purged(1, left.bytes)
    Worker().drain()
    assert [str(image.pk) for image in Image.objects.all()] == [post["images"][0]["id"]]
    assert files(tmp_path) == keys()
    assert not list(tmp_path.rglob(f"{Path(left.key).name}*"))
