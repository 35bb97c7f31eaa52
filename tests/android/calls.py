"""The app's eighteen calls one by one, without the interceptor in front: requests, and how an error is read."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.android.app import KNOWN, App
from tests.android.okhttp import Answer, Request, file_part, multipart, posted, text_part
from tests.factories import picture_bytes

# Every call by its name in android.urls, with the name of its list of codes in the app.
LISTS = {
    "emailVerificationCode": "auth/emailVerificationCode",
    "confirmVerificationCode": "auth/confirmVerificationCode",
    "join": "auth/join",
    "login": "auth/login",
    "verifyAccessToken": "auth/verifyAccessToken",
    "reissueToken": "auth/reissueToken",
    "logout": "auth/logout",
    "uploadAvatar": "member/uploadAvatar",
    "profile": "member/profile",
    "block": "member/block",
    "unblock": "member/unblock",
    "getBlockingMembers": "member/getBlockingMembers",
    "report": "member/report",
    "deleteMember": "member/delete",
    "registerPost": "post/registerPost",
    "posts": "post/posts",
    "memberPosts": "post/posts",
    "deletePost": "post/delete",
}
# The interceptor handles these.
SIGNED = [call for call, listed in LISTS.items() if not listed.startswith("auth/")]
PAGE = {"page": 0, "size": 10}


def query(path: str, **parameters: Any) -> Request:
    """A GET; a list gives one parameter for each value."""
    return Request("GET", f"/{path}?{urlencode(parameters, doseq=True)}")


def request(call: str, *, actor: Any = 7, target: Any = 7, post: Any = 7) -> Request:
    """A call of `actor` that is about the member `target`, or about a post."""
    pair = {"member_id": actor, "target_id": target}
    requests = {
        "uploadAvatar": lambda: form(call, member_id=[actor]),
        "profile": lambda: query("member/profile", member_id=target),
        "block": lambda: posted("/member/block", pair),
        "unblock": lambda: posted("/member/unblock", pair),
        "getBlockingMembers": lambda: query("member/getBlockingMembers", member_id=actor),
        "report": lambda: posted("/member/report", pair),
        "deleteMember": lambda: Request("DELETE", f"/member/delete/{target}"),
        "registerPost": lambda: form(call, member_id=[actor], content=["Snow"]),
        "posts": lambda: query("post/posts", member_id=actor, **PAGE),
        "memberPosts": lambda: query(f"post/posts/{target}", **PAGE),
        "deletePost": lambda: Request("DELETE", f"/post/delete/{post}"),
    }
    return requests[call]()


def form(call: str, **texts: list[Any]) -> Request:
    """A form with these texts and a picture."""
    parts = [text_part(name, str(value)) for name, values in texts.items() for value in values]
    name = "file" if call == "uploadAvatar" else "files"
    return multipart(f"/{LISTS[call]}", [*parts, file_part(name, "눈 1.jpg", picture_bytes(size=(8, 8)))])


def send_once(app: App, sent: Request) -> Answer:
    """The first response to a request, which the app itself would ignore if it is an error."""
    return app.send(sent, app.session.access if app.session else "", 5.0)


def refusal(call: str, answer: Answer) -> tuple[int, str]:
    """Status and code of an error; it must be one that this call of the app can decode."""
    assert answer.headers["content-type"] == "application/json", answer
    data = json.loads(answer.body)
    assert data.keys() == {"status", "code", "message"}
    assert data["status"] == answer.status
    assert isinstance(data["message"], str)
    assert data["message"]
    assert data["code"] in KNOWN[LISTS[call]] or (answer.status, data["code"]) == (405, "GLOBAL_003"), data
    return answer.status, data["code"]
