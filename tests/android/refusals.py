"""What a call is refused with, for stories about refusals."""

from collections.abc import Callable
from typing import Any

from tests.android.app import KNOWN, App, Crashed, Refused, Session
from tests.android.okhttp import Answer, Request, in_process, posted


def code_of(call: Callable[..., Any], *args: Any) -> str:
    """The code that the app hears; "" when the call goes well. A code that the app does not know is raised."""
    try:
        call(*args)
    except Refused as refusal:
        return refusal.code
    return ""


def sent(path: str, body: dict[str, Any], access: str = "", address: str = "192.0.2.1") -> Answer:
    """The answer to a body that the app itself may never send."""
    return in_process(address)(posted(path, body), access, 5.0)


def told(answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal; the status and "" of anything else."""
    return answer.status, "" if answer.is_good else str(answer.json()["code"])


def learnt(answer: Answer) -> tuple[int, bytes, dict[str, str]]:
    """All that a client learns, less what differs from request to request."""
    differing = ("x-request-id", "retry-after", "ratelimit")
    headers = {name: value for name, value in answer.headers.items() if name not in differing}
    return answer.status, answer.body, headers


def looked_at(access: str) -> tuple[int, str]:
    """What verifyAccessToken says of a token; raises Crashed when the app does not know it."""
    answer = in_process()(Request("GET", "/auth/verifyAccessToken"), access, 5.0)
    if not answer.is_good and answer.json()["code"] not in KNOWN["auth/verifyAccessToken"]:
        raise Crashed(str(answer.body))
    return told(answer)


def session_of(app: App) -> Session:
    """What the phone keeps of its login."""
    assert app.session
    return app.session


def joined(**changes: Any) -> tuple[int, str]:
    """The answer to a join of new@example.com, who is called Nari unless changed."""
    body = {"email": "new@example.com", "name": "Han Nari", "nickname": "Nari", "password": "Secret#1234"}
    return told(sent("/auth/join", body | changes))


def presented(session: Session, token: str = "", address: str = "192.0.2.1", **changes: Any) -> Answer:
    """The answer to a renewal as the start of the app sends it, with the token kept or another."""
    body = {"member_id": session.member_id, "refresh_token": token or session.refresh}
    return sent("/auth/reissueToken", body | changes, address=address)
