"""What nginx repeats at the other slot when a server closes the connection without a response, and what it does not."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.android.okhttp import Request, file_part, multipart, phone_bytes
from tests.deploy.test_nginx import Got, _got, _raw, nginx
from tests.deploy.upstream import Upstream
from tests.polling import wait_until
from tests.server_process import ROOT
from tests.services import program

pytestmark = [pytest.mark.one_leg, pytest.mark.skipif(not program("nginx"), reason="needs nginx")]
NO_CONTENT = "HTTP/1.1 204 No Content\r\n\r\n"
KEY = "Idempotency-Key: k-1"
CREATING = ["posts", "posts/1/comments", "images", "reports", "appeals", "me/exports"]
REPEATED = [
    ("GET", "/api/v1/posts?limit=5", ""),
    ("GET", "/post/posts?member_id=1", ""),
    ("HEAD", "/admin/", ""),
    ("PUT", "/api/v1/follows/1", ""),
    ("PATCH", "/api/v1/me", ""),
    ("DELETE", "/api/v1/posts/1", ""),
    ("POST", "/api/v1/sessions/refresh", ""),
    ("POST", "/auth/reissueToken", ""),
    ("POST", "/post/registerPost", ""),
    ("POST", "/member/uploadAvatar", ""),
    *(("POST", f"/api/v1/{path}", KEY) for path in CREATING),
]
SENT_ONCE = [
    ("POST", "/api/v1/posts", ""),
    ("POST", "/api/v1/images?key=1", "Idempotency-Key:"),
    ("POST", "/api/v1/sessions", KEY),
    ("POST", "/api/v1/sessions/refresh/more", ""),
    ("PATCH", "/api/v1/me", 'If-Match: "1"'),
    ("POST", "/member/block", KEY),
    ("DELETE", "/post/delete/1", ""),
    ("DELETE", "/member/delete/1", ""),
    # A quotation mark is no end of the header.
    ("POST", "/api/v1/posts", "If-Match: x' y"),
    ("PATCH", "/api/v1/me", "If-Match: ' x"),
    *(("GET", path, "") for path in ("/livez", "/readyz", "/profile")),
]


@pytest.fixture
def live() -> Iterator[Upstream]:
    """A slot that reads requests and closes their connections."""
    with Upstream() as found:
        found.closes()
        yield found


@pytest.fixture
def other() -> Iterator[Upstream]:
    with Upstream() as found:
        found.says(NO_CONTENT)
        yield found


@pytest.fixture
def edge(live: Upstream, other: Upstream, tmp_path: Path) -> Iterator[int]:
    """The port of nginx in front of both slots."""
    with nginx(tmp_path, live.port, other=other.port, read_timeout=1) as port:
        yield port


def send(edge: int, method: str, path: str, headers: str = "") -> Got:
    """Send a request with a small body."""
    lines = [f"{method} {path} HTTP/1.1", "Host: a", "Connection: close", "Content-Length: 1", headers]
    return _got(edge, "", sent="\r\n".join([*filter(None, lines), "", "x"]).encode())


@pytest.mark.parametrize(("method", "path", "headers"), REPEATED)
def test_what_may_be_repeated_is_answered_by_the_other_slot(
    edge: int, live: Upstream, other: Upstream, method: str, path: str, headers: str
) -> None:
    claimed = f"{headers}\r\nX-Repeated-By-Proxy: 1".strip()
    assert send(edge, method, path, claimed)[0] == 204
    assert [received["X-Repeated-By-Proxy"] for received in live.received + other.received] == [None, "1"]
    assert live.received[0]["X-Request-ID"] == other.received[0]["X-Request-ID"]


@pytest.mark.parametrize(("method", "path", "headers"), SENT_ONCE)
def test_what_could_have_its_effect_twice_is_sent_once(
    edge: int, live: Upstream, other: Upstream, method: str, path: str, headers: str
) -> None:
    if path.startswith(("/member/", "/post/")):
        assert _raw(edge, phone_bytes(Request(method, path, b"x"))) == b""
    else:
        assert json.loads(send(edge, method, path, headers)[2])["code"] == "unavailable"
    assert (len(live.received), other.received) == (1, [])


def test_a_stopped_slot_sends_everything_but_probes_to_the_other(edge: int, live: Upstream, other: Upstream) -> None:
    live.leaves()
    for number, (method, path, headers) in enumerate(REPEATED + SENT_ONCE[:-3], 1):
        assert send(edge, method, path, headers)[0] == 204
        assert len(other.received) == number
    for _, path, _ in SENT_ONCE[-3:]:
        assert send(edge, "GET", path)[0] == 503
    assert len(other.received) == number


def test_an_upload_is_repeated_with_its_whole_body(edge: int, other: Upstream) -> None:
    body = multipart("/post/registerPost", [file_part("files", "a", bytes(3_000_000))])
    assert _got(edge, "", sent=phone_bytes(body))[0] == 204
    assert int(other.received[0]["Content-Length"]) > 3_000_000


def test_a_silent_server_and_a_second_failure_are_not_followed_by_another(
    edge: int, live: Upstream, other: Upstream, tmp_path: Path
) -> None:
    live.hangs()
    assert send(edge, "GET", "/api/v1/posts")[0] == 503
    live.closes()
    other.closes()
    assert send(edge, "GET", "/api/v1/posts")[0] == 503
    assert _raw(edge, phone_bytes(Request("GET", "/post/posts"))) == b""
    assert (len(live.received), len(other.received)) == (3, 2)
    wait_until(lambda: (tmp_path / "access.log").read_text().count("\n") == 3)
    columns = [line.split()[2:4] for line in (tmp_path / "access.log").read_text().splitlines()]
    assert columns == [["503", "504"], ["503", "502,502"], ["502", "502,502"]]


def test_requests_with_a_key_are_those_of_the_operations_that_take_one() -> None:
    paths = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())["paths"]
    taking = {
        path.removeprefix("/api/v1/")
        for path, operations in paths.items()
        for parameter in operations.get("post", {}).get("parameters", [])
        if parameter.get("name") == "Idempotency-Key"
    }
    (listed,) = re.findall(r"POST /api/v1/\(([^)]+)\)\(", (ROOT / "deploy/nginx/heart.conf").read_text())
    # An id in a path is a number there.
    assert {re.sub(r"{\w+}", "[0-9]+", path) for path in taking} == set(listed.split("|"))
    assert {re.sub(r"{\w+}", "1", path) for path in taking} == set(CREATING)
