"""HTTP as the app's client (OkHttp 3.14 under Retrofit, JSON by Gson) writes and reads it."""

import gzip
import json
import re
import socket
import weakref
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPResponse
from secrets import token_hex
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client, TestCase

# How long to wait for a byte. OkHttp waits 5 seconds, and 10 for the interceptor's renewal, which has a client of its
# own; tests wait longer, since a slow answer of a busy machine is no fault of the server's. Seconds.
PATIENCE, PATIENCE_RENEWAL = 60.0, 60.0
# So many requests may come of one call before OkHttp gives up.
FOLLOW_UPS = 20
CRLF = b"\r\n"
# Gson writes these so, since what it makes may stand in HTML.
ESCAPED = str.maketrans({character: f"\\u{ord(character):04x}" for character in "<>&='\u2028\u2029"})


class NetworkError(Exception):
    """No answer, or none that can be read: the app says so and keeps its login."""


@dataclass(frozen=True)
class Request:
    """One call, as it goes out; sent again, it is the same to the byte."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""

    def headers(self, host: str, access: str = "") -> list[tuple[str, str]]:
        """What OkHttp sends: no Accept, no cookies, no language."""
        mine = [("Content-Type", self.content_type)] if self.content_type else []
        if self.method != "GET":
            mine.append(("Content-Length", str(len(self.body))))
        token = [("Authorization", f"Bearer {access}")] if access else []
        always = [("Connection", "Keep-Alive"), ("Accept-Encoding", "gzip"), ("User-Agent", "okhttp/3.14.9")]
        return [*token, *mine, ("Host", host), *always]


@dataclass(frozen=True)
class Answer:
    """What came back. `before` are the statuses of earlier answers to the same call, which the app never sees."""

    status: int
    headers: dict[str, str]
    body: bytes
    before: tuple[int, ...] = ()

    @property
    def is_good(self) -> bool:
        """Any 2xx."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The JSON object; anything else is a parse error in the app."""
        try:
            value = json.loads(self.body)
        except ValueError:
            raise NetworkError(f"{self.status}: {self.body[:200]!r}") from None
        if not isinstance(value, dict):
            raise NetworkError(f"{self.status}: no object")
        return value


Send = Callable[[Request, str, float], Answer]


def posted(path: str, fields: dict[str, Any]) -> Request:
    """A body of JSON as Gson writes it."""
    return Request("POST", path, gson(fields), "application/json; charset=UTF-8")


def gson(fields: dict[str, Any]) -> bytes:
    """Compact, UTF-8, with HTML's letters escaped."""
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return text.translate(ESCAPED).encode()


def multipart(path: str, parts: Sequence[bytes]) -> Request:
    """A form, with one boundary for all its repeats."""
    boundary = token_hex(16)
    edge = f"--{boundary}".encode()
    body = b"".join(edge + CRLF + part + CRLF for part in parts) + edge + b"--" + CRLF
    return Request("POST", path, body, f"multipart/form-data; boundary={boundary}")


def text_part(name: str, text: str | bytes) -> bytes:
    """Retrofit's part of a RequestBody, which really says that it is a form itself."""
    value = text.encode() if isinstance(text, str) else text
    head = [
        f'Content-Disposition: form-data; name="{name}"',
        "Content-Transfer-Encoding: binary",
        "Content-Type: multipart/form-data; charset=utf-8",
        f"Content-Length: {len(value)}",
    ]
    return "\r\n".join(head).encode() + CRLF * 2 + value


def file_part(name: str, file_name: str, data: bytes) -> bytes:
    """A picture under the phone's own name for it, and never a true type."""
    quoted = file_name.replace('"', "%22").replace("\n", "%0A").replace("\r", "%0D")
    head = [
        f'Content-Disposition: form-data; name="{name}"; filename="{quoted}"',
        "Content-Type: image/*",
        f"Content-Length: {len(data)}",
    ]
    return "\r\n".join(head).encode() + CRLF * 2 + data


def over_socket(host: str, port: int, *, keep: bool = True) -> Send:
    """Sends to a real server, over a connection that stays open until one side closes it."""
    pool: list[socket.socket] = []

    def send(request: Request, access: str, patience: float) -> Answer:
        connection, reader = _asked(host, port, pool, phone_bytes(request, access, f"{host}:{port}"), patience)
        try:
            with reader:
                answer = _read(reader)
        except (OSError, HTTPException, EOFError, zlib.error) as fault:
            connection.close()
            raise NetworkError(repr(fault)) from fault
        if keep and not reader.will_close:
            pool.append(connection)
        else:
            connection.close()
        return answer

    # A phone that is put away closes its connections.
    weakref.finalize(send, _close, pool)
    return following(send)


def _asked(
    host: str, port: int, pool: list[socket.socket], sent: bytes, patience: float
) -> tuple[socket.socket, HTTPResponse]:
    """Send, and read the head of the answer; once more, on a new connection, if one of the pool turns out to be closed.

    So OkHttp does, with a POST too; not after a timeout, nor for an answer that is none.
    """
    while True:
        is_new = not pool
        connection = _connected(host, port) if is_new else pool.pop()
        connection.settimeout(patience)
        try:
            connection.sendall(sent)
            reader = _head_of_answer(connection, sent.split(b" ", 1)[0].decode())
        except (OSError, HTTPException) as fault:
            connection.close()
            if is_new or isinstance(fault, TimeoutError) or not isinstance(fault, OSError):
                raise NetworkError(repr(fault)) from fault
        else:
            return connection, reader


def _head_of_answer(connection: socket.socket, method: str) -> HTTPResponse:
    reader = HTTPResponse(connection, method=method)
    try:
        reader.begin()
    except BaseException:
        # It has the connection open by itself, which closing the connection does not change.
        reader.close()
        raise
    return reader


def _close(pool: list[socket.socket]) -> None:
    for connection in pool:
        connection.close()


def _connected(host: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((host, port), PATIENCE)
    except OSError as fault:
        raise NetworkError(repr(fault)) from fault


def phone_bytes(request: Request, access: str = "", host: str = "127.0.0.1") -> bytes:
    """The request as it is sent."""
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers(host, access)]
    return "\r\n".join(lines).encode() + CRLF * 2 + request.body


def _read(reader: HTTPResponse) -> Answer:
    headers = {name.lower(): value for name, value in reader.getheaders()}
    if reader.status in (204, 205) and headers.get("content-length", "0") != "0":
        raise NetworkError("a 204 with a body")
    body = reader.read()
    if body and headers.get("content-encoding", "").lower() == "gzip":
        body = gzip.decompress(body)
    return Answer(reader.status, headers, body)


def following(send: Send) -> Send:
    """Sends, and does with some answers what OkHttp does (RetryAndFollowUpInterceptor) before the app sees one."""

    def follow(request: Request, access: str, patience: float) -> Answer:
        answer, before = send(request, access, patience), tuple[int, ...]()
        while (again := _follow_up(request, answer, before[-1:])) and len(before) < FOLLOW_UPS:
            request, before = again, (*before, answer.status)
            answer = send(request, access, patience)
        if again:
            raise NetworkError("too many follow-up requests")
        return replace(answer, before=before)

    return follow


def _follow_up(request: Request, answer: Answer, last: tuple[int, ...]) -> Request | None:
    """What is sent after an answer without asking anybody; None when the answer is for the app."""
    wait = answer.headers.get("retry-after")
    if answer.status == 407:
        raise NetworkError("407 while not using a proxy")
    if answer.status == 408 and last != (408,) and (wait is None or _is_now(wait)):
        return request
    if answer.status == 503 and last != (503,) and wait is not None and _is_now(wait):
        return request
    is_followed = answer.status in range(300, 304) or (answer.status in (307, 308) and request.method == "GET")
    return _redirected(request, answer.headers.get("location")) if is_followed else None


def _is_now(wait: str) -> bool:
    return bool(re.fullmatch(r"0+", wait))


def _redirected(request: Request, location: str | None) -> Request | None:
    """A GET of the other place, whatever it was before; the model goes to no other server, where a token is dropped."""
    there = urlsplit(urljoin(request.path, location or ""))
    if location is None or there.netloc:
        return None
    return Request("GET", there._replace(fragment="").geturl())


def in_process(address: str = "192.0.2.1") -> Send:
    """Sends to Django itself, for stories that need no server; what waits for a commit happens with the answer."""
    client = Client(raise_request_exception=False, REMOTE_ADDR=address)

    def send(request: Request, access: str, patience: float) -> Answer:
        result = {name: value for name, value in request.headers("testserver", access) if name != "Content-Length"}
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.generic(request.method, request.path, request.body, request.content_type, headers=result)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body)

    return send
