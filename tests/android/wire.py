"""The wire as the app's HTTP client (OkHttp 3.14 under Retrofit, JSON by Gson) writes and reads it."""

import json
import socket
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from secrets import token_hex
from typing import Any

from django.test import Client, TestCase

# What OkHttp waits for a byte; the interceptor's renewal has a client of its own. Seconds.
PATIENCE, PATIENCE_RENEWAL = 5.0, 10.0
CRLF = b"\r\n"
# Gson writes these so, since what it makes may stand in HTML.
ESCAPED = {character: f"\\u{ord(character):04x}" for character in "<>&='\u2028\u2029"}


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
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

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
    return "".join(ESCAPED.get(character, character) for character in text).encode()


def multipart(path: str, parts: Sequence[bytes]) -> Request:
    """A form, with one boundary for all its repeats."""
    boundary = token_hex(16)
    edge = f"--{boundary}".encode()
    body = b"".join(edge + CRLF + part + CRLF for part in parts) + edge + b"--" + CRLF
    return Request("POST", path, body, f"multipart/form-data; boundary={boundary}")


def text_part(name: str, text: str) -> bytes:
    """Retrofit's part of a RequestBody, which really says that it is a form itself."""
    value = text.encode()
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
    """Sends to a real server, over a connection that is kept open as long as both like."""
    kept: list[socket.socket] = []

    def send(request: Request, access: str, patience: float) -> Answer:
        # OkHttp tries a connection that the server closed meanwhile, then a new one.
        while True:
            is_new = not kept
            connection = _connected(host, port) if is_new else kept.pop()
            try:
                answer, stays = _exchange(connection, request, f"{host}:{port}", access, patience)
            except (OSError, HTTPException) as fault:
                connection.close()
                if isinstance(fault, TimeoutError) or is_new:
                    raise NetworkError(repr(fault)) from fault
                continue
            if keep and stays:
                kept.append(connection)
            else:
                connection.close()
            return answer

    # A phone that is put away closes its connections.
    weakref.finalize(send, _close, kept)
    return send


def _close(kept: list[socket.socket]) -> None:
    for connection in kept:
        connection.close()


def _connected(host: str, port: int) -> socket.socket:
    try:
        return socket.create_connection((host, port), PATIENCE)
    except OSError as fault:
        raise NetworkError(repr(fault)) from fault


def phone_bytes(request: Request, access: str = "", host: str = "127.0.0.1") -> bytes:
    """The request as it goes over the wire."""
    lines = [f"{request.method} {request.path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers(host, access)]
    return "\r\n".join(lines).encode() + CRLF * 2 + request.body


def _exchange(
    connection: socket.socket, request: Request, host: str, access: str, patience: float
) -> tuple[Answer, bool]:
    connection.settimeout(patience)
    connection.sendall(phone_bytes(request, access, host))
    with HTTPResponse(connection, method=request.method) as reader:
        reader.begin()
        headers = {name.lower(): value for name, value in reader.getheaders()}
        if reader.status in (204, 205) and headers.get("content-length", "0") != "0":
            raise NetworkError("a 204 with a body")
        return Answer(reader.status, headers, reader.read()), not reader.will_close


def in_process(address: str = "192.0.2.1") -> Send:
    """Sends to Django itself, for stories that need no server; what waits for a commit happens with the answer."""
    client = Client(raise_request_exception=False, REMOTE_ADDR=address)

    def send(request: Request, access: str, patience: float) -> Answer:
        told = {name: value for name, value in request.headers("testserver", access) if name != "Content-Length"}
        with TestCase.captureOnCommitCallbacks(execute=True):
            answer = client.generic(request.method, request.path, request.body, request.content_type, headers=told)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        return Answer(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, body)

    return send
