"""The app's eighteen calls one by one, without the interceptor in front: what is asked, and how a refusal is read."""

import json
from typing import Any
from urllib.parse import urlencode

from tests.android.app import KNOWN, App
from tests.android.okhttp import Answer, Request, file_part, multipart, posted, text_part
from tests.factories import picture_bytes

# Every call by its name in android.urls, with the name under which the app keeps its list of codes.
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
# The interceptor stands in front of these.
SIGNED = [call for call, listed in LISTS.items() if not listed.startswith("auth/")]
PAGE = {"page": 0, "size": 10}


def query(path: str, **asked: Any) -> Request:
    """A GET; a value that is a list is said once for each."""
    return Request("GET", f"/{path}?{urlencode(asked, doseq=True)}")


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


def asked(app: App, sent: Request) -> Answer:
    """The first answer to a request, which the app itself would never look at when it is a refusal."""
    return app.send(sent, app.session.access if app.session else "", 5.0)


def refusal(call: str, answer: Answer) -> tuple[int, str]:
    """Status and code of a refusal; it must be one that this call of the app can decode."""
    assert answer.headers["content-type"] == "application/json", answer
    told = json.loads(answer.body)
    assert told.keys() == {"status", "code", "message"}
    assert told["status"] == answer.status
    assert isinstance(told["message"], str)
    assert told["message"]
    assert told["code"] in KNOWN[LISTS[call]] or (answer.status, told["code"]) == (405, "GLOBAL_003"), told
    return answer.status, told["code"]
