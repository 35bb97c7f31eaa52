"""A client of /api/v1/ with an IP address of its own, which stores its tokens."""

import json
from typing import Any

from django.test import TestCase
from rest_framework.test import APIClient

from accounts.models import Member
from accounts.sessions import token_rotation
from tests.factories import PASSWORD

HOME = "192.0.2.1"


class Phone:
    """One device, logged in or not; not shared between threads."""

    def __init__(self, address: str = HOME, language: str = "en") -> None:
        self.client = APIClient(
            raise_request_exception=False, REMOTE_ADDR=address, headers={"Accept-Language": language}
        )
        self.pair: dict[str, str] = {}

    @classmethod
    def of(cls, member: Member, device: str = "phone") -> "Phone":
        """Return a logged-in device, without a request."""
        phone = cls()
        pair = token_rotation.start_session(member, audience="v1", device=device, network="192.0.2.0/24")
        phone.pair = {"access": str(pair.access), "refresh": str(pair.refresh), "session_id": str(pair.session.pk)}
        return phone

    def request(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request, with the access token if there is one."""
        headers = {"Authorization": f"Bearer {self.pair['access']}"} if self.pair else {}
        text = "" if body is None else json.dumps(body)
        # Runs on_commit callbacks although the transaction of the test goes on.
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self.client.generic(method, f"/api/v1/{path}", text, "application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.request("POST", path, body)

    def put(self, path: str, **body: Any) -> Any:
        return self.request("PUT", path, body)

    def patch(self, path: str, **body: Any) -> Any:
        return self.request("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.request("DELETE", path)

    def log_in(self, email: str, password: str = PASSWORD, device: str = "phone") -> Any:
        """Log in and store the tokens."""
        return self.store_tokens(self.post("sessions", email=email, password=password, device=device))

    def refresh(self, token: str = "") -> Any:
        """Refresh with the stored token or another one; the response is not stored."""
        return self.post("sessions/refresh", refresh=token or self.pair["refresh"])

    def store_tokens(self, answer: Any) -> Any:
        """Store the tokens of a successful response."""
        if answer.status_code in (200, 201):
            self.pair = answer.json()
        return answer


def code_of(answer: Any) -> str:
    """Return the code of an error response, or ""."""
    return str(answer.json()["code"]) if answer.status_code >= 400 else ""


def comparable(answer: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Return status, body and headers without what differs between requests."""
    body = answer.json() if answer.content else {}
    differing = ("X-Request-ID", "Retry-After", "RateLimit")
    headers = {name: value for name, value in answer.headers.items() if name not in differing}
    return answer.status_code, body | {"request_id": None, "ticket": None}, headers
