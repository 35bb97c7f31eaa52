"""Helpers that send calls and return what they are refused with."""

from collections.abc import Callable
from typing import Any

from tests.android.app import KNOWN, App, Crashed, Refused, Session
from tests.android.okhttp import Answer, Request, in_process, posted


def code_of(call: Callable[..., Any], *args: Any) -> str:
    """The error code that the app gets; "" on success. Raises Crashed for a code that the app does not know."""
    try:
        call(*args)
    except Refused as refusal:
        return refusal.code
    return ""


def send_body(path: str, body: dict[str, Any], access: str = "", address: str = "192.0.2.1") -> Answer:
    """The response to a body that the app itself may never send."""
    return in_process(address)(posted(path, body), access, 5.0)


def status_and_code(answer: Answer) -> tuple[int, str]:
    """Status and code of an error; status and "" of a success."""
    return answer.status, "" if answer.is_good else str(answer.json()["code"])


def comparable_response(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """The response without what differs from request to request."""
    differing = ("x-request-id", "retry-after", "ratelimit")
    headers = {name: value for name, value in answer.headers.items() if name not in differing}
    return answer.status, answer.body, headers


def verify_token(access: str) -> tuple[int, str]:
    """Status and code of verifyAccessToken; raises Crashed for a code that the app does not know."""
    answer = in_process()(Request("GET", "/auth/verifyAccessToken"), access, 5.0)
    if not answer.is_good and answer.json()["code"] not in KNOWN["auth/verifyAccessToken"]:
        raise Crashed(str(answer.body))
    return status_and_code(answer)


def session_of(app: App) -> Session:
    """The login that the phone has stored."""
    assert app.session
    return app.session


def join_response(address: Any = "192.0.2.1", **changes: Any) -> tuple[int, str]:
    """Status and code of a sign-up of new@example.com, from an IP address and with changes to its body."""
    body = {"email": "new@example.com", "name": "Han Nari", "nickname": "Nari", "password": "Secret#1234"}
    return status_and_code(send_body("/auth/join", body | changes, address=address))


def renew_with(session: Session, token: str = "", address: str = "192.0.2.1", **changes: Any) -> Answer:
    """The response to a renewal as the app sends it at start, with the stored token or another."""
    body = {"member_id": session.member_id, "refresh_token": token or session.refresh}
    return send_body("/auth/reissueToken", body | changes, address=address)
