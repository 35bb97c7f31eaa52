"""The server behind a real nginx: what passes untouched, what nginx says itself, and where it says nothing."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.client import HTTPMessage, HTTPResponse, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.utils.translation import override
from rest_framework.exceptions import APIException

from libs.api.errors import (
    AddressTooLong,
    BodyTooLarge,
    HeadersTooLarge,
    MalformedRequest,
    NotFound,
    ServiceUnavailable,
)
from libs.api.problems import problem_document
from tests.android.app import App, Refused
from tests.android.okhttp import NetworkError, Request, file_part, multipart, over_socket, phone_bytes, text_part
from tests.android.outage_scene import OutageScene, outage_scene
from tests.deploy.upstream import Upstream
from tests.factories import picture_bytes
from tests.polling import wait_until
from tests.server_process import ROOT
from tests.services import die_along, free_port, program

pytestmark = [
    pytest.mark.one_leg,
    pytest.mark.skipif(not program("nginx"), reason="needs nginx"),
    pytest.mark.skipif(sys.platform != "linux", reason="the processes are read from /proc"),
]
PATIENCE = 60.0
# The rest of a configuration, with everything nginx writes in the test's own folder.
MAIN = """
daemon off;
pid {folder}/pid;
{user}
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/other;
    scgi_temp_path {folder}/other;
    uwsgi_temp_path {folder}/other;
    # Clients of many addresses, all on this machine.
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Test-Address;
    include {folder}/*.conf;
}}
"""
# What the server says as well, in the same words.
OURS_TOO: dict[str, type[APIException]] = {
    refusal.default_code: refusal
    for refusal in (MalformedRequest, AddressTooLong, HeadersTooLarge, BodyTooLarge, NotFound, ServiceUnavailable)
}
OURS = ["/api/v1/config", "/nowhere", "/admin/", "/p/nowhere", "/oembed?url=x", "/oembed?format=xml"]
APPS = ["/auth/verifyAccessToken", "/member/profile?member_id=1", "/post/nowhere"]


@contextmanager
def nginx(folder: Path, upstream: int, *, other: int | None = None, read_timeout: float = PATIENCE) -> Iterator[int]:
    """The port of an nginx with the files of deploy/nginx, in front of a server on the port `upstream`, or of two."""
    port = free_port()
    _configure(folder, port, upstream, other, read_timeout)
    command = [str(program("nginx")), "-p", str(folder), "-e", str(folder / "early"), "-c", str(folder / "main")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    assert "[warn]" not in tested.stderr
    server = subprocess.Popen(command, preexec_fn=die_along)  # noqa: PLW1509 - as tests.services does
    try:
        wait_until(lambda: _accepts_connections(port), retry_on=(OSError,))
        yield port
    finally:
        server.terminate()
        server.wait(PATIENCE)


def _configure(folder: Path, port: int, upstream: int, other: int | None, read_timeout: float) -> None:
    # An nginx of root gives its workers to somebody who may not write here.
    user = "user root;" if os.getuid() == 0 else ""
    (folder / "main").write_text(MAIN.format(folder=folder, user=user))
    changes = {
        "listen 80;": f"listen 127.0.0.1:{port};",
        "127.0.0.1:8000 down": f"127.0.0.1:{other}" if other else f"127.0.0.1:{upstream} down",
        "127.0.0.1:8000": f"127.0.0.1:{upstream}",
        "/var/log/nginx": str(folder),
        "/etc/nginx/heart/": f"{folder}/heart/",
        "proxy_read_timeout 15s;": f"proxy_read_timeout {read_timeout:.0f}s;",
        "proxy_read_timeout 60s;": f"proxy_read_timeout {read_timeout:.0f}s;",
    }
    for file in (ROOT / "deploy" / "nginx").glob("*.conf"):
        text = file.read_text()
        for before, after in changes.items():
            text = text.replace(before, after)
        (folder / file.name).write_text(text)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OutageScene]:
    with outage_scene(tmp_path_factory.mktemp("server"), TRUSTED_PROXIES="1") as found:
        yield found


@pytest.fixture(scope="module")
def edge(here: OutageScene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of nginx in front of the demo server."""
    with nginx(tmp_path_factory.mktemp("nginx"), here.server.port) as port:
        yield port


@pytest.fixture(scope="module")
def hasty_edge(here: OutageScene, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of an nginx in front of the demo server that waits for a second only."""
    with nginx(tmp_path_factory.mktemp("hasty"), here.server.port, read_timeout=1) as port:
        yield port


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as found:
        yield found


@pytest.fixture
def front(upstream: Upstream, tmp_path: Path) -> Iterator[int]:
    """The port of nginx in front of that upstream."""
    with nginx(tmp_path, upstream.port, read_timeout=1) as port:
        yield port


def test_a_phones_whole_round_goes_through_nginx_as_without(here: OutageScene, edge: int) -> None:
    phone = here.phone(edge)
    pictures = {str(number): picture_bytes().ljust(10_000_000, b"\0") for number in range(7)}
    post = phone.register_post("seven", pictures)
    assert len(post["image_urls"]) == 7
    _goes_on(phone)


def test_the_lines_for_tls_of_the_staging_host_serve_https(tmp_path: Path, upstream: Upstream) -> None:
    lines = (ROOT / "terraform/staging/host.sh").read_text().partition("<< 'TLS'\n")[2].partition("TLS\n")[0]
    certificate, port = certificate_at(tmp_path), free_port()
    (tmp_path / "heart").mkdir()
    tls = lines.replace("listen 443", f"listen 127.0.0.1:{port}").replace("/etc/letsencrypt/live/heart", str(tmp_path))
    (tmp_path / "heart" / "tls.conf").write_text(tls)
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    context = ssl.create_default_context(cadata=certificate)
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    with nginx(tmp_path, upstream.port), closing(connection):
        connection.request("GET", "/api/v1/config")
        assert connection.getresponse().status == 204
    assert upstream.received[-1]["X-Forwarded-Proto"] == "https"


def certificate_at(folder: Path) -> str:
    """Put a certificate for 127.0.0.1 where the lines for TLS look for it, and return it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    signed = builder.add_extension(address, critical=False).sign(key, hashes.SHA256())
    plain = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "privkey.pem").write_bytes(key.private_bytes(*plain))
    (folder / "fullchain.pem").write_bytes(signed.public_bytes(Encoding.PEM))
    return signed.public_bytes(Encoding.PEM).decode()


def test_what_the_server_answers_passes_nginx_untouched(
    here: OutageScene, edge: int, front: int, upstream: Upstream
) -> None:
    for path in [*OURS, *APPS]:
        direct, through = _got(here.server.port, path), _got(edge, path)
        assert through[0] == direct[0]
        assert through[1]["Content-Type"] == direct[1]["Content-Type"]
        assert len(through[2]) == len(direct[2])
    for path in ("/auth/login", "/api/v1/posts"):
        for status in (413, 500, 502, 503, 504):
            upstream.says(f"HTTP/1.1 {status} No\r\nContent-Length: 4\r\nRetry-After: 9\r\n\r\nmine")
            got = _got(front, path)
            assert (got[0], got[1]["Retry-After"], got[2]) == (status, "9", b"mine")


def test_the_server_learns_who_asks_by_what_scheme_and_under_which_id(front: int, upstream: Upstream) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    _got(front, "/auth/login", "X-Request-ID: from-the-edge\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https")
    received = upstream.received[-1]
    assert received["Host"] == "heart.example:81"
    assert received["X-Forwarded-For"] == "192.0.2.7, 127.0.0.1"
    assert received["X-Forwarded-Proto"] == "http"
    assert received["X-Request-ID"] == "from-the-edge"
    assert received["Connection"] is None
    _got(front, "/auth/login", "X-Request-ID: not harmless <b>")
    assert len(upstream.received[-1]["X-Request-ID"]) == 32


@pytest.mark.parametrize("path", APPS)
def test_the_app_hears_nothing_while_its_server_is_away(front: int, upstream: Upstream, path: str) -> None:
    for away in (upstream.closes, upstream.hangs, upstream.breaks_off, upstream.leaves):
        away()
        for method in ("GET", "POST", "DELETE"):
            assert _raw(front, phone_bytes(Request(method, path))) == b""
    assert _is_problem(_got(front, "/api/v1/config"), 503, "unavailable")


def test_everybody_else_is_told_to_try_again_while_the_server_is_away(front: int, upstream: Upstream) -> None:
    for away in (upstream.closes, upstream.hangs, upstream.leaves):
        away()
        got = _got(front, "/api/v1/posts", "X-Request-ID: from-the-edge")
        assert _is_problem(got, 503, "unavailable")
        assert got[1]["Retry-After"] == "2"
        assert json.loads(got[2])["request_id"] == got[1]["X-Request-ID"] == "from-the-edge"


def test_nothing_is_sent_twice_by_nginx_over_old_connections_or_new(front: int, upstream: Upstream) -> None:
    for method in ("GET", "POST", "DELETE"):
        upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
        # Leaves several connections open, on which nginx might try its luck.
        with ThreadPoolExecutor(5) as threads:
            list(threads.map(lambda _: _got(front, "/post/nowhere"), range(10)))
        upstream.closes()
        before = len(upstream.received)
        assert _raw(front, phone_bytes(Request(method, "/post/nowhere", b"x"))) == b""
        # None at all when nginx takes a connection that the server is just closing.
        assert len(upstream.received) <= before + 1


def test_too_large_a_request_is_refused_in_the_words_of_its_address(here: OutageScene, edge: int) -> None:
    parts = [text_part("member_id", "1"), text_part("content", "x"), file_part("files", "a", bytes(116_000_000))]
    got = _got(edge, "/post/registerPost", sent=phone_bytes(multipart("/post/registerPost", parts)))
    assert (got[0], got[1]["Content-Type"]) == (400, "application/json")
    assert json.loads(got[2])["code"] == "GLOBAL_008"
    got = _got(edge, "/api/v1/posts", sent=phone_bytes(multipart("/api/v1/posts", parts)))
    assert _is_problem(got, 413, "body_too_large")


@pytest.mark.parametrize("path", ["/auth/login", "/member/block", "/post/deletePost/1", "/api/v1/sessions"])
def test_only_the_paths_of_uploads_take_more_than_a_megabyte(front: int, upstream: Upstream, path: str) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    before = len(upstream.received)
    status, _, body = _got(front, "", sent=phone_bytes(Request("POST", path, bytes(1_100_000))))
    assert (status, json.loads(body)["code"]) in ((400, "GLOBAL_008"), (413, "body_too_large"))
    assert len(upstream.received) == before
    for upload in ("/post/registerPost", "/member/uploadAvatar", "/api/v1/posts", "/api/v1/images"):
        assert _got(front, "", sent=phone_bytes(Request("POST", upload, bytes(1_100_000))))[0] == 204


def test_the_server_gets_the_name_by_which_nginx_chose(front: int, upstream: Upstream) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    with socket.create_connection(("127.0.0.1", front)) as client:
        client.sendall(b"GET http://api.example/admin/ HTTP/1.1\r\nHost: admin.example:81\r\n\r\n")
        client.recv(1000)
    assert upstream.received[-1]["Host"] == "api.example:81"


def test_one_address_cannot_hold_every_connection(front: int, upstream: Upstream) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    with ExitStack() as stack:
        for _ in range(200):
            client = stack.enter_context(socket.create_connection(("127.0.0.1", front)))
            client.sendall(b"POST /api/v1/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
        wait_until(lambda: _got(front, "/api/v1/config")[0] == 503)
    wait_until(lambda: _got(front, "/api/v1/config")[0] == 204)


def test_one_client_cannot_write_more_than_twenty_uploads_to_disk(
    front: int, upstream: Upstream, tmp_path: Path
) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    with ExitStack() as stack:
        for number in range(20):
            stack.enter_context(
                _half_an_upload(front, f"2001:db8:1::{number}" if number % 2 else f"2001:db8:1:0:8:1:1:{number}")
            )
        wait_until(lambda: _bodies_on_disk(tmp_path) == 20, retry_on=(OSError, ValueError))
        for path in ("/api/v1/posts", "/api/v1/images?x=1"):
            assert _is_problem(_got(front, "", sent=_upload(path, "2001:db8:1::f:2")), 503, "unavailable")
        for path in ("/post/registerPost", "/member/uploadAvatar"):
            assert _raw(front, _upload(path, "2001:db8:1::f:2")) == b""
        assert _got(front, "/api/v1/posts", "X-Test-Address: 2001:db8:1::f:2")[0] == 204
        assert _got(front, "", sent=_upload("/api/v1/posts", "2001:db8:1:1::f:2"))[0] == 204
    wait_until(lambda: _got(front, "", sent=_upload("/api/v1/posts", "2001:db8:1::f:2"))[0] == 204)


def test_all_clients_together_write_a_hundred_uploads_to_disk(front: int, upstream: Upstream, tmp_path: Path) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    with ExitStack() as stack:
        for number in range(100):
            stack.enter_context(_half_an_upload(front, f"192.0.2.{number}"))
        wait_until(lambda: _bodies_on_disk(tmp_path) == 100, retry_on=(OSError, ValueError))
        assert _is_problem(_got(front, "", sent=_upload("/api/v1/posts", "192.0.2.200")), 503, "unavailable")
        assert _raw(front, _upload("/post/registerPost", "192.0.2.200")) == b""
        post = (
            b"POST /api/v1/posts HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
        )
        assert _got(front, "", sent=post)[0] == 204


def test_a_read_of_the_feed_takes_no_large_body(front: int, upstream: Upstream) -> None:
    upstream.says("HTTP/1.1 204 No Content\r\n\r\n")
    sent = b"GET /api/v1/posts HTTP/1.1\r\nHost: a\r\nContent-Length: 1100000\r\n\r\n" + bytes(1_100_000)
    assert _is_problem(_got(front, "", sent=sent), 413, "body_too_large")


def test_an_upload_reaches_the_server_under_its_own_path(here: OutageScene, edge: int) -> None:
    for path in ("/api/v1/posts?x=%2f", "/api/v1/images"):
        sent = phone_bytes(Request("POST", path, b"x"))
        direct, through = _got(here.server.port, "", sent=sent), _got(edge, "", sent=sent)
        assert direct[0] == through[0] == 401
        assert len(direct[2]) == len(through[2])


def test_what_nginx_cannot_read_is_refused_without_html(edge: int) -> None:
    for sent, status, code in (
        (b"GET / HTTP/1.1\r\n\r\n", 400, "malformed"),
        (b"nonsense\r\n\r\n", 400, "malformed"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n", 400, "malformed"),
        (b"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 400, "malformed"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: folded\r\n\r\n", 400, "malformed"),
        (b"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", 405, "method_not_allowed"),
        (b"GET /nginx-errors/malformed HTTP/1.1\r\nHost: a\r\n\r\n", 404, "not_found"),
        (b"GET /" + b"x" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414, "address_too_long"),
        (b"GET /post/posts HTTP/1.1\r\nHost: a\r\nX-A: " + b"x" * 40_000 + b"\r\n\r\n", 431, "headers_too_large"),
    ):
        assert _is_problem(_got(edge, "", sent=sent), status, code), sent[:80]
    chunks = b"POST /post/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n"
    assert json.loads(_got(edge, "", sent=chunks)[2])["code"] == "GLOBAL_002"


def test_the_logs_of_nginx_tell_outcomes_and_nothing_of_anybody(front: int, upstream: Upstream, tmp_path: Path) -> None:
    upstream.closes()
    _raw(front, phone_bytes(Request("GET", "/member/profile?member_id=1234&secret=1"), access="secret"))
    _got(front, "", sent=b"POST /api/v1/sessions?secret=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n")
    wait_until(lambda: (tmp_path / "access.log").read_text().count("\n") == 2)
    logs = (tmp_path / "access.log").read_text() + (tmp_path / "error.log").read_text()
    # Method, status to the client and statuses from the server; 502 means that it sent nothing, or is not there.
    assert [line.split()[1:4] for line in logs.splitlines()] == [["GET", "502", "502,502"], ["POST", "503", "502"]]
    for word in ("secret", "127.0.0.1", "1234", "sessions"):
        assert word not in logs


def test_no_address_of_the_app_is_redirected_or_hides_the_metrics(here: OutageScene, edge: int) -> None:
    for path in ("/auth", "/auth/", "/member", "/post/posts/", "//auth/login", "/metrics"):
        status, headers, body = _got(edge, path)
        assert status == 404
        assert headers["Location"] is None
        assert json.loads(body)


def test_the_app_keeps_its_login_behind_nginx_whatever_happens_to_the_server(
    here: OutageScene, edge: int, hasty_edge: int
) -> None:
    phone = here.phone(edge)
    with here.without_database():
        _hears_nothing(phone)
    _goes_on(phone)
    for worker in here.server.workers():
        os.kill(worker, signal.SIGSTOP)
    _hears_nothing(App(over_socket("127.0.0.1", hasty_edge), phone.session))
    with ThreadPoolExecutor(1) as threads:
        posting = threads.submit(phone.register_post, "x", {"a": picture_bytes()})
        time.sleep(0.3)
        for worker in here.server.workers():
            os.kill(worker, signal.SIGKILL)
        # A request on an open connection is sent again on a new one, which may find the next process.
        with suppress(NetworkError):
            posting.result()
    _goes_on(phone)
    here.server.stop()
    _hears_nothing(phone)
    here.server.start()
    _goes_on(phone)


def _hears_nothing(phone: App) -> None:
    for call in (phone.posts, lambda: phone.register_post("x", {"a": picture_bytes()})):
        with pytest.raises(NetworkError):
            call()
    assert phone.session is not None


def _goes_on(phone: App) -> None:
    def round_of_calls() -> bool:
        post = phone.register_post("afterwards", {"a.png": picture_bytes()})
        phone.delete_post(post["post_id"])
        with pytest.raises(Refused, match="POST_004"):
            phone.delete_post(post["post_id"])
        phone.start()
        return True

    wait_until(round_of_calls, retry_on=(NetworkError,))


Got = tuple[int, HTTPMessage, bytes]


def _got(port: int, path: str, headers: str = "", sent: bytes = b"") -> Got:
    """Status, headers and body, for a client that writes everything before it reads."""
    head = f"GET {path} HTTP/1.1\r\nHost: heart.example:81\r\nConnection: close\r\n" + headers
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
        client.sendall(sent or head.rstrip().encode() + b"\r\n\r\n")
        with HTTPResponse(client) as answer:
            answer.begin()
            return answer.status, answer.headers, answer.read()


def _upload(path: str, address: str, size: int = 200_000, declared: int = 200_000) -> bytes:
    """A request from this address, of which nginx writes to disk what does not fit in its buffer of 128 kB."""
    head = f"POST {path} HTTP/1.1\r\nHost: a\r\nX-Test-Address: {address}\r\nContent-Length: {declared}\r\n\r\n"
    return head.encode() + bytes(size)


@contextmanager
def _half_an_upload(port: int, address: str) -> Iterator[None]:
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(_upload("/api/v1/posts", address, declared=110_000_000))
        yield


def _bodies_on_disk(folder: Path) -> int:
    """How many request bodies an nginx with this folder keeps in files, which it has unlinked already."""
    master = int((folder / "pid").read_text())
    workers = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    files = [file for worker in workers for file in Path(f"/proc/{worker}/fd").iterdir()]
    return sum(str(file.readlink()).startswith(f"{folder}/body/") for file in files)


def _raw(port: int, sent: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as client, suppress(ConnectionResetError):
        client.sendall(sent)
        return client.recv(65_536)
    return b""


def _is_problem(got: Got, status: int, code: str) -> bool:
    problem = json.loads(got[2])
    assert got[1]["Content-Type"] == "application/problem+json"
    if refusal := OURS_TOO.get(code):
        with override("en"):
            assert problem == problem_document(refusal(), SimpleNamespace(request_id=got[1]["X-Request-ID"]))
    return (got[0], problem["status"], problem["code"]) == (status, status, code)


def _accepts_connections(port: int) -> bool:
    socket.create_connection(("127.0.0.1", port)).close()
    return True
