"""FCM and Google's token server on loopback: they note what comes, and answer as they are told."""

import json
import threading
from base64 import b64encode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# In place of an answer: none at all, or the end of the connection after the message was accepted.
SILENCE, CLOSE = "silence", "close"
ERROR_TYPE = "type.googleapis.com/google.firebase.fcm.v1.FcmError"


class FakeFcm(ThreadingHTTPServer):
    """`messages` are those that came, with `answers` to them in turn; when there is none left, they are accepted."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.messages: list[dict[str, Any]] = []
        self.access_tokens: list[str] = []
        self.answers: deque[Any] = deque()
        self.token_answer: tuple[int, dict[str, Any]] | None = None
        self.tokens_issued = 0
        self.released = threading.Event()

    def refuse(self, status: int, code: str = "", message: str = "no", **headers: str) -> None:
        """Answer the next message with an error as FCM writes it; `code` is one of FCM's own."""
        details = [{"@type": ERROR_TYPE, "errorCode": code}] if code else []
        body = {"error": {"code": status, "message": message, "status": "ANY", "details": details}}
        self.answers.append(
            (status, json.dumps(body), {name.replace("_", "-"): text for name, text in headers.items()})
        )

    def credentials(self) -> str:
        """The setting FCM_CREDENTIALS for this server."""
        key = {
            "type": "service_account",
            "project_id": "heart",
            "client_email": "push@heart.example",
            "private_key": private_key(),
            "token_uri": f"{self.url}/token",
        }
        return b64encode(json.dumps(key).encode()).decode()


class Handler(BaseHTTPRequestHandler):
    server: FakeFcm

    def do_POST(self) -> None:
        """Answer one request."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            self._give_token()
            return
        assert self.path == "/v1/projects/heart/messages:send"
        self.server.access_tokens.append(self.headers["Authorization"])
        answer = self.server.answers.popleft() if self.server.answers else (200, '{"name": "x"}', {})
        self.server.messages.append(json.loads(content)["message"])
        if answer == SILENCE:
            self.server.released.wait(60)
        elif answer != CLOSE:
            self._answer(*answer)

    def _give_token(self) -> None:
        self.server.tokens_issued += 1
        token = {"access_token": f"access-{self.server.tokens_issued}", "expires_in": 3600, "token_type": "Bearer"}
        status, body = self.server.token_answer or (200, token)
        self._answer(status, json.dumps(body), {"Content-Type": "application/json"})

    def _answer(self, status: int, body: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        """Print nothing."""


@cache
def private_key() -> str:
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@contextmanager
def running_fcm() -> Iterator[FakeFcm]:
    """A server that runs in a thread."""
    server = FakeFcm()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.shutdown()
        thread.join()
        server.server_close()
