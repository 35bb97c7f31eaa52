"""Uploads that are refused while they are under way, by a server that reads them to their end, and not for ever."""

import io
import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPResponse
from pathlib import Path

import jwt
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from tests.android.app import App, Refused
from tests.android.okhttp import Request, file_part, multipart, phone_bytes, posted, text_part
from tests.android.outage_scene import OutageScene, outage_scene
from tests.factories import picture_bytes

PATIENCE = 30.0
LARGE = 10_000_000
# A process may grow by so much over all of these refusals: a few pieces, and never an upload. Bytes.
GROWTH = 60_000_000


class Drip(io.RawIOBase):
    """A body that comes in byte by byte."""

    given = 0

    def read(self, size: int = -1) -> bytes:
        time.sleep(0.01)
        self.given += 1
        return b"."


class Silent(io.RawIOBase):
    """A body that never comes, as gunicorn has it after SOCKET_TIMEOUT_SECONDS."""

    failed = False

    def read(self, size: int = -1) -> bytes:
        assert not self.failed, "waited for again"
        self.failed = True
        raise BlockingIOError


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutageScene]:
    with outage_scene(tmp_path_factory.mktemp("server")) as found:
        yield found


@pytest.fixture(scope="module")
def phone(here: OutageScene) -> App:
    return here.phone()


def test_an_upload_with_any_bad_token_is_read_and_then_refused_in_json(here: OutageScene, phone: App) -> None:
    upload = _upload(phone, 7)
    assert _answered(here, upload, _expired(phone)) == (401, "AUTH_008")
    assert _answered(here, upload, _of_nobody(phone)) == (401, "AUTH_007")
    assert _answered(here, upload, "nonsense") == (401, "AUTH_007")
    assert _answered(here, upload, "") == (401, "AUTH_007")


def test_an_upload_that_breaks_a_rule_is_read_and_then_refused_in_json(here: OutageScene, phone: App) -> None:
    access = phone._signed_in().access
    assert _answered(here, _upload(phone, 7, member_id="1"), access) == (403, "POST_000")
    assert _answered(here, _upload(phone, 8), access) == (400, "GLOBAL_002")
    assert _answered(here, _upload(phone, 7, size=11_000_000), access) == (400, "GLOBAL_008")
    assert _answered(here, _upload(phone, 30, size=1_000), access) == (400, "GLOBAL_002")
    assert _answered(here, _upload(phone, 7, path="/post/registerpost"), access) == (404, "GLOBAL_001")
    assert _answered(here, _upload(phone, 7, path="/auth/login"), access) == (400, "GLOBAL_002")
    assert _answered(here, _upload(phone, 7, method="PUT"), access) == (405, "GLOBAL_003")
    much = posted("/member/block", {"member_id": 1, "target_id": "9" * LARGE})
    assert _answered(here, much, access) == (400, "GLOBAL_002")
    assert phone.own_posts(0)


def test_a_type_that_cannot_be_read_is_refused_like_any_other(here: OutageScene) -> None:
    odd = "application/json; x*=no-such''%41"
    assert _answered(here, Request("POST", "/auth/login", b"{}", odd), "") == (400, "GLOBAL_002")
    assert _answered(here, Request("POST", "/auth/reissueToken", b"{}", odd), "") == (401, "AUTH_007")


def test_an_upload_over_the_limit_of_posts_is_refused_and_the_login_stays(here: OutageScene) -> None:
    phone = here.phone()
    with suppress(Refused):
        while True:
            phone.register_post("again")
    assert _answered(here, _upload(phone, 7), phone._signed_in().access) == (429, "GLOBAL_006")
    with pytest.raises(Refused, match="GLOBAL_006"):
        phone.register_post("again", {str(number): bytes(LARGE) for number in range(7)})
    assert phone.posts()


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
def test_refused_uploads_lie_on_disk_and_not_in_memory(here: OutageScene, phone: App) -> None:
    upload, access = _upload(phone, 7, member_id="1"), phone._signed_in().access
    _answered(here, upload, access)
    before = [_most_memory(worker) for worker in here.server.workers()]
    for token in [access, _expired(phone)] * 3:
        _answered(here, upload, token)
    after = [_most_memory(worker) for worker in here.server.workers()]
    assert all(then - first < GROWTH for first, then in zip(before, after, strict=True))


def test_a_client_that_never_ends_is_cut_and_others_are_served(here: OutageScene, phone: App) -> None:
    head = phone_bytes(Request("POST", "/post/registerPost", b"", "multipart/form-data; boundary=x"))
    sent, piece = 0, bytes(1_048_576)
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as client, suppress(ConnectionError):
        client.sendall(head.replace(b"Content-Length: 0", b"Content-Length: 10000000000"))
        while sent < 10_000_000_000:
            client.sendall(piece)
            sent += len(piece)
    assert 100_000_000 < sent < 200_000_000
    assert phone.posts()


def test_a_refused_upload_that_drips_in_is_waited_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("android.middleware.MAX_READ_SECONDS", 0.1)
    drip = Drip()
    answer = Client().post("/post/nowhere", {}, CONTENT_LENGTH=LARGE, **{"wsgi.input": drip})  # type: ignore[arg-type]
    assert answer.json()["code"] == "GLOBAL_001"
    assert 0 < drip.given < 1_000


def test_a_client_that_drips_keeps_no_thread_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("android.middleware.MAX_READ_SECONDS", 0.5)
    server, client = socket.socketpair()
    with server, client, server.makefile("rb") as body:
        client.sendall(b".")
        made = {"wsgi.input": body, "gunicorn.socket": server, "CONTENT_LENGTH": LARGE}
        # A piece of it never comes to its end, until somebody closes the connection.
        Client().post("/auth/nowhere", {}, "application/json", **made)  # type: ignore[arg-type]
        assert client.recv(100) == b""


def test_a_renewal_that_falls_silent_is_closed_and_not_refused() -> None:
    server, client = socket.socketpair()
    with server, client:
        made = {"wsgi.input": Silent(), "gunicorn.socket": server, "CONTENT_LENGTH": 100}
        Client().post("/auth/reissueToken", {}, "application/json", **made)  # type: ignore[arg-type]
        assert client.recv(100) == b""


@pytest.mark.parametrize("path", ["/auth/reissueToken", "/auth/verifyAccessToken", "/post/posts"])
def test_a_server_under_a_wrong_name_logs_nobody_out(settings: Settings, path: str) -> None:
    settings.ALLOWED_HOSTS = ["heart.example"]
    server, client = socket.socketpair()
    with server, client:
        Client().post(path, {}, "application/json", **{"gunicorn.socket": server})  # type: ignore[arg-type]
        assert client.recv(100) == b""


def test_a_renewal_in_pieces_is_closed_and_not_refused(here: OutageScene) -> None:
    head = b"POST /auth/reissueToken HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as client, suppress(ConnectionError):
        client.sendall(head)
        assert client.recv(100) == b""


def test_a_client_that_expects_100_continue_gets_it_and_a_response(here: OutageScene, phone: App) -> None:
    upload = _upload(phone, 1)
    head, _, body = phone_bytes(upload, _expired(phone)).partition(b"\r\n\r\n")
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as client:
        client.sendall(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(body)
        assert _read(client) == (401, "AUTH_008")


def test_a_connection_goes_on_after_a_refused_upload_was_read(here: OutageScene, phone: App) -> None:
    sent = phone_bytes(_upload(phone, 7), _expired(phone))
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as client:
        for _ in range(3):
            client.sendall(sent)
            assert _read(client) == (401, "AUTH_008")


def _upload(
    phone: App,
    count: int,
    *,
    size: int = LARGE,
    member_id: str = "",
    path: str = "/post/registerPost",
    method: str = "POST",
) -> Request:
    parts = [text_part("member_id", member_id or phone._me), text_part("content", "refused")]
    picture = picture_bytes().ljust(size, b"\0")
    parts += [file_part("files", f"{number}.jpg", picture) for number in range(count)]
    request = multipart(path, parts)
    return Request(method, path, request.body, request.content_type)


def _answered(here: OutageScene, request: Request, access: str) -> tuple[int, str]:
    """Status and code, as a client hears them that writes all before it reads."""
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as client:
        client.sendall(phone_bytes(request, access))
        return _read(client)


def _read(client: socket.socket) -> tuple[int, str]:
    with HTTPResponse(client) as answer:
        answer.begin()
        data = json.loads(answer.read())
    assert answer.headers["Content-Type"] == "application/json"
    assert data["status"] == answer.status
    return answer.status, data["code"]


def _expired(phone: App) -> str:
    """The phone's access token as it will be tomorrow."""
    return _changed(phone, exp=int(time.time()) - 60)


def _of_nobody(phone: App) -> str:
    """A good token of a login that is not there."""
    return _changed(phone, sid="1")


def _changed(phone: App, **claims: object) -> str:
    data = jwt.decode(phone._signed_in().access, options={"verify_signature": False})
    kid, _, key = settings.JWT_KEYS[0].partition(":")
    return jwt.encode(data | claims, key, settings.JWT_ALGORITHM, headers={"kid": kid})


def _most_memory(process: int) -> int:
    """The most that it ever had. Bytes."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(lines["VmHWM"].split()[0]) * 1_024
