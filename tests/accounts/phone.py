"""A phone: speaks JSON to /api/v1/ from an address of its own, and keeps the tokens it was given."""

import json
from typing import Any

from django.test import TestCase
from rest_framework.test import APIClient

from accounts.models import Member
from accounts.sessions import rotation
from tests.factories import PASSWORD

HOME = "192.0.2.1"


class Phone:
    """One device, signed in or not; never shared between threads."""

    def __init__(self, address: str = HOME, language: str = "en") -> None:
        self.client = APIClient(
            raise_request_exception=False, REMOTE_ADDR=address, headers={"Accept-Language": language}
        )
        self.pair: dict[str, str] = {}

    @classmethod
    def of(cls, member: Member, device: str = "phone") -> "Phone":
        """A phone that is signed in; skips the login."""
        phone = cls()
        pair = rotation.start_session(member, audience="v1", device=device, network="192.0.2.0/24")
        phone.pair = {"access": str(pair.access), "refresh": str(pair.refresh), "session_id": str(pair.session.pk)}
        return phone

    def say(self, method: str, path: str, body: Any = None) -> Any:
        """Send one request, with the access token if there is one."""
        headers = {"Authorization": f"Bearer {self.pair['access']}"} if self.pair else {}
        text = "" if body is None else json.dumps(body)
        # What waits for the commit happens with the answer, although the test's own transaction goes on.
        with TestCase.captureOnCommitCallbacks(execute=True):
            return self.client.generic(method, f"/api/v1/{path}", text, "application/json", headers=headers)

    def get(self, path: str) -> Any:
        return self.say("GET", path)

    def post(self, path: str, **body: Any) -> Any:
        return self.say("POST", path, body)

    def put(self, path: str, **body: Any) -> Any:
        return self.say("PUT", path, body)

    def patch(self, path: str, **body: Any) -> Any:
        return self.say("PATCH", path, body)

    def delete(self, path: str) -> Any:
        return self.say("DELETE", path)

    def sign_in(self, email: str, password: str = PASSWORD, device: str = "phone") -> Any:
        """Sign in and keep the tokens."""
        return self.keep(self.post("sessions", email=email, password=password, device=device))

    def refresh(self, token: str = "") -> Any:
        """Renew by the token kept, or by another; what is answered is not kept."""
        return self.post("sessions/refresh", refresh=token or self.pair["refresh"])

    def keep(self, answer: Any) -> Any:
        """Keep the tokens, if the answer has some."""
        if answer.status_code in (200, 201):
            self.pair = answer.json()
        return answer


def code_of(answer: Any) -> str:
    """The stable code of a refusal; "" of anything else."""
    return str(answer.json()["code"]) if answer.status_code >= 400 else ""


def told(answer: Any) -> tuple[int, dict[str, Any], dict[str, str]]:
    """All that a client learns, less what differs from request to request."""
    body = answer.json() if answer.content else {}
    differing = ("X-Request-ID", "Retry-After", "RateLimit")
    headers = {name: value for name, value in answer.headers.items() if name not in differing}
    return answer.status_code, body | {"request_id": None}, headers
