"""The app while the server, or what that stands on, is away: it never loses its login, and goes on afterwards."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD
from tests.android.app import App, Refused
from tests.android.okhttp import (
    Answer,
    NetworkError,
    Request,
    file_part,
    multipart,
    over_socket,
    phone_bytes,
    posted,
    text_part,
)
from tests.android.outage_scene import OutageScene, outage_scene
from tests.factories import picture_bytes
from tests.polling import wait_until

PATIENCE = 60.0
# What is answered by a closed connection while the database is away, and what by JSON.
CLOSED = [
    Request("GET", "/auth/verifyAccessToken"),
    Request("POST", "/auth/logout"),
    Request("GET", "/member/profile?member_id=1"),
    Request("GET", "/member/getBlockingMembers?member_id=1"),
    posted("/member/block", {"member_id": 1, "target_id": 2}),
    Request("DELETE", "/member/delete/1"),
    Request("GET", "/post/posts?member_id=1&page=0&size=10"),
    Request("GET", "/post/posts/1?page=0&size=10"),
    Request("DELETE", "/post/delete/1"),
]
ANSWERED = [
    posted("/auth/emailVerificationCode", {"email": "new@example.com"}),
    posted("/auth/confirmVerificationCode", {"email": "new@example.com", "verification_code": "Abcd1234"}),
    posted("/auth/join", {"email": "new@example.com", "name": "N", "nickname": "N", "password": "Secret#1234"}),
    posted("/auth/login", {"email": "mina@heart.example", "password": "Secret#1234"}),
]
needs_redis = pytest.mark.skipif("REDIS_URL" not in os.environ, reason="there is no Redis to be away on this leg")
needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutageScene]:
    with outage_scene(tmp_path_factory.mktemp("server")) as found:
        yield found


def test_without_its_database_the_server_closes_instead_of_answering(here: OutageScene) -> None:
    phone = here.phone()
    renewal = phone._renewal(phone._signed_in())
    with here.without_database():
        responses = _all_at_once(here, [*CLOSED, renewal], phone)
        answered = _all_at_once(here, ANSWERED, phone)
    assert [one for one in responses if one is not None] == []
    assert [(one.status, one.json()["code"]) for one in answered if one] == [(503, "GLOBAL_006")] * len(ANSWERED)
    assert all(one and one.headers["content-type"] == "application/json" for one in answered)
    _goes_on(phone)


def test_closed_connections_leave_no_thread_and_no_traceback_of_their_own(here: OutageScene) -> None:
    phone = here.phone()
    with here.without_database():
        # More than there are threads.
        assert not any(_all_at_once(here, [Request("GET", "/auth/verifyAccessToken")] * 30, phone))
    _goes_on(phone)
    for line in ("Socket error", "Error handling request", "BrokenPipe", "Exception in"):
        assert line not in here.server.log


def test_of_two_requests_sent_at_once_none_is_answered_after_a_close(here: OutageScene) -> None:
    access = here.phone()._signed_in().access
    one = f"GET /auth/verifyAccessToken HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {access}\r\n\r\n".encode()
    with here.without_database():
        assert _said(here.server.port, one + one) == b""
    both = wait_until(lambda: _said(here.server.port, one + one.replace(b"Host", b"Connection: close\r\nHost")))
    assert both.count(b"HTTP/1.1 200 OK") == 2


def test_a_phone_keeps_its_login_over_a_database_that_comes_back(here: OutageScene) -> None:
    phone = here.phone()
    with here.without_database():
        for call in (phone.posts, lambda: phone.register_post("snow")):
            with pytest.raises(NetworkError):
                call()
        assert phone.session is not None
    _goes_on(phone)


@needs_redis
def test_without_redis_the_app_scrolls_writes_and_renews_as_always(here: OutageScene) -> None:
    phone = here.phone()
    with here.without_redis():
        seen = [post["id"] for page in (0, 1, 2) for post in phone.posts(page)]
        assert len(seen) == len(set(seen)) > 10
        _goes_on(phone)
        with pytest.raises(Refused):
            phone.delete_post(1)
    assert phone.session is not None
    _goes_on(phone)


@needs_redis
def test_a_logout_without_redis_ends_the_login_all_the_same(here: OutageScene) -> None:
    phone, other = here.phone(), here.phone()
    phone.posts()
    with here.without_redis():
        ended = phone._signed_in()
        phone.logout()
        phone.session = ended
        with pytest.raises(Refused):
            phone.start()
        _goes_on(other)


def test_without_storage_a_picture_is_refused_and_the_login_stays(here: OutageScene) -> None:
    phone, pictures = here.phone(), here.server.var / "pictures"
    before = phone.own_posts()[0]["id"]
    pictures.rename(here.server.var / "away")
    # Where there is a file, there is no folder.
    pictures.touch()
    with pytest.raises(Refused, match="POST_002"):
        phone.register_post("snow", {"a.png": picture_bytes()})
    with pytest.raises(Refused, match="MEMBER_002"):
        phone.upload_avatar(picture_bytes())
    pictures.unlink()
    (here.server.var / "away").rename(pictures)
    assert phone.own_posts()[0]["id"] == before
    _goes_on(phone)


def test_a_server_that_restarts_under_busy_phones_costs_no_login(here: OutageScene) -> None:
    with _busy(here) as phones:
        time.sleep(0.3)
        here.server.stop()
        with pytest.raises(NetworkError):
            phones[0].profile()
        time.sleep(0.3)
        here.server.start()
    for phone in phones:
        _goes_on(phone)
    assert "Traceback" not in here.server.log.rpartition("Handling signal: term")[2]


def test_an_upload_in_progress_is_finished_by_the_server_that_stops(here: OutageScene) -> None:
    phone = here.phone()
    parts = [
        text_part("member_id", phone._me),
        text_part("content", "the last"),
        file_part("files", "a", picture_bytes()),
    ]
    sent = phone_bytes(multipart("/post/registerPost", parts), phone._signed_in().access)
    with socket.create_connection(("127.0.0.1", here.server.port), PATIENCE) as connection:
        connection.sendall(sent[:-1_000])
        time.sleep(0.3)
        ending = threading.Thread(target=here.server.stop)
        ending.start()
        time.sleep(0.3)
        connection.sendall(sent[-1_000:])
        assert connection.recv(65_536).startswith(b"HTTP/1.1 201 ")
    ending.join()
    here.server.start()
    assert phone.posts()[0]["content"] == "the last"


def test_the_log_of_a_phones_day_contains_nothing_private(here: OutageScene) -> None:
    before = len(here.server.log)
    phone = here.phone()
    first = phone._signed_in()
    tokens = [first.access, first.refresh]
    phone.register_post("the snow of yesterday", {"at home.jpg": picture_bytes()})
    for refused in (
        lambda: phone.delete_post(1),
        lambda: phone.login(DEMO_MEMBER, "Wrong#1234"),
        lambda: phone.confirm_code("new@heart.example", "Guessed1"),
    ):
        with pytest.raises(Refused):
            refused()
    phone.logout()
    # E-mails stand between the lines, as they go to files here.
    lines = "\n".join(line for line in here.server.log[before:].splitlines() if line[:2] in ("20", '{"'))
    assert "auth/login" in lines
    words = [*tokens, DEMO_MEMBER, DEMO_PASSWORD, "Wrong#1234", "new@heart", "Guessed1", "snow", "home"]
    assert [word for word in words if word in lines] == []


@needs_proc
def test_a_process_killed_under_busy_phones_costs_no_login(here: OutageScene) -> None:
    with _busy(here) as phones:
        for worker in here.server.workers():
            time.sleep(0.3)
            os.kill(worker, signal.SIGKILL)
        time.sleep(0.3)
    here.server.wait_until_ready()
    for phone in phones:
        _goes_on(phone)


def _goes_on(phone: App) -> None:
    """The phone's whole round: each call good, a refusal that renews, and the app opened anew."""

    def sound() -> bool:
        post = phone.register_post("afterwards", {"a.png": picture_bytes()})
        assert phone.posts()[0]["id"] == post["post_id"]
        phone.delete_post(post["post_id"])
        with pytest.raises(Refused, match="POST_004"):
            phone.delete_post(post["post_id"])
        phone.start()
        return True

    # A pool, and a breaker, need a moment to see that what was away is back; the login is there all the while.
    wait_until(sound, retry_on=(NetworkError,))


@contextmanager
def _busy(here: OutageScene) -> Iterator[list[App]]:
    """Phones that read pages and are refused, and so renew, all the time; at the end they are still logged in."""
    phones, over = [here.phone() for _ in range(3)], threading.Event()

    def read(phone: App) -> None:
        while not over.wait(0.05):
            with suppress(NetworkError, Refused):
                phone.posts()
                phone.delete_post(1)

    with ThreadPoolExecutor(len(phones)) as threads:
        reading = [threads.submit(read, phone) for phone in phones]
        yield phones
        over.set()
    for one in reading:
        one.result()
    assert all(phone.session for phone in phones)


def _all_at_once(here: OutageScene, requests: list[Request], phone: App) -> list[Answer | None]:
    """What each request is answered, sent on a connection of its own; None for a closed one."""
    access = phone._signed_in().access

    def ask(request: Request) -> Answer | None:
        try:
            return over_socket("127.0.0.1", here.server.port, keep=False)(request, access, PATIENCE)
        except NetworkError as fault:
            if isinstance(fault.__cause__, TimeoutError):
                raise
            return None

    with ThreadPoolExecutor(len(requests)) as threads:
        return list(threads.map(ask, requests))


def _said(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as phone:
        phone.sendall(sent)
        exchanges = b""
        while piece := phone.recv(65_536):
            exchanges += piece
    return exchanges
