"""The app in the store, as far as the server can tell: what it sends, what it understands, and what it does then."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.android.okhttp import (
    PATIENCE,
    PATIENCE_RENEWAL,
    Answer,
    Request,
    Send,
    file_part,
    multipart,
    posted,
    text_part,
)

COMMON = {"GLOBAL_001", "GLOBAL_002", "GLOBAL_006"}
DEAD = {"AUTH_007", "AUTH_008"}
# The codes that each call can decode; another one is a crash inside the call.
KNOWN: dict[str, set[str]] = {
    "auth/emailVerificationCode": COMMON | {"AUTH_000", "AUTH_001"},
    "auth/confirmVerificationCode": COMMON | {"AUTH_002", "AUTH_003", "AUTH_004"},
    "auth/join": COMMON | {"AUTH_000"},
    "auth/login": COMMON | {"AUTH_005", "AUTH_006"},
    "auth/verifyAccessToken": {"GLOBAL_100", "GLOBAL_101", "GLOBAL_102", "GLOBAL_103", "GLOBAL_104"},
    "auth/reissueToken": DEAD | {"AUTH_005"},
    "auth/logout": COMMON | {"AUTH_009", "AUTH_010", "GLOBAL_104", "GLOBAL_005"},
    # Its own codes are misspelt in the app, so that every one of them reads "client error".
    "member/uploadAvatar": COMMON | DEAD | {"MEMBER_002", "MEMBER_003", "MEMBER_004", "GLOBAL_008"},
    "member/profile": COMMON | DEAD | {"MEMBER_005"},
    "member/block": COMMON | DEAD | {"MEMBER_005", "MEMBER_006"},
    "member/unblock": COMMON | DEAD | {"MEMBER_005"},
    "member/getBlockingMembers": COMMON | DEAD | {"MEMBER_005"},
    "member/report": COMMON | DEAD,
    "member/delete": COMMON | DEAD | {"MEMBER_005", "MEMBER_007"},
    "post/registerPost": COMMON | DEAD | {"GLOBAL_008", "POST_000", "POST_001", "POST_002"},
    "post/posts": COMMON | DEAD | {"POST_003"},
    "post/delete": COMMON | DEAD | {"POST_002", "POST_004"},
}


class Crashed(AssertionError):
    """A code that the call does not know, or a value that the app cannot decode."""


class Refused(Exception):
    """The call was refused with a code that the app understands."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LoggedOut(Refused):
    """The session is deleted, and the login screen opens."""


@dataclass
class Session:
    """What the app stores on the phone."""

    member_id: int
    access: str
    refresh: str
    email: str
    name: str
    nickname: str


@dataclass
class App:
    """One phone with the app on it. `exchanges` has each request with its response, `checks` counts values checked."""

    send: Send
    session: Session | None = None
    exchanges: list[tuple[Request, Answer]] = field(default_factory=list)
    checks: int = 0

    # ------------------------------------------------------------------------------------- auth/*

    def ask_code(self, email: str) -> Any:
        return self._plain("auth/emailVerificationCode", {"email": email})

    def confirm_code(self, email: str, code: str) -> Any:
        return self._plain("auth/confirmVerificationCode", {"email": email, "verification_code": code})

    def join(self, email: str, password: str, name: str = "Kim Mina", nickname: str = "Mina") -> Any:
        body = {"email": email, "name": name, "nickname": nickname, "password": password}
        return self._plain("auth/join", body)

    def login(self, email: str, password: str) -> Any:
        result = self._plain("auth/login", {"email": email, "password": password})
        tokens = [self._text(result, name) for name in ("access_token", "refresh_token", "name", "nickname")]
        self.session = Session(int(result["member_id"]), tokens[0], tokens[1], email, tokens[2], tokens[3])
        return result

    def start(self) -> None:
        """What happens when the app is opened: look at the token, renew it if it is over."""
        session = self._signed_in()
        answer = self._exchange(Request("GET", "/auth/verifyAccessToken"), session.access)
        if answer.is_good:
            self._text(answer.json(), "message")
            return
        if self._code("auth/verifyAccessToken", answer) != "GLOBAL_104":
            self.session = None
            raise LoggedOut(answer.json()["code"])
        body = {"member_id": session.member_id, "refresh_token": session.refresh}
        renewed = self._exchange(posted("/auth/reissueToken", body))
        if not renewed.is_good:
            code = self._code("auth/reissueToken", renewed)
            self.session = None
            raise LoggedOut(code)
        self._keep(renewed)

    def logout(self) -> Any:
        session = self._signed_in()
        answer = self._exchange(Request("POST", "/auth/logout"), session.access)
        if answer.is_good:
            self.session = None
            return answer
        code = self._code("auth/logout", answer)
        if code in {"AUTH_009", "AUTH_010", "GLOBAL_104"}:
            self.session = None
            raise LoggedOut(code)
        raise Refused(code)

    # ------------------------------------------------------------------------- member/* and post/*

    def upload_avatar(self, data: bytes, file_name: str = "사진 1.jpg") -> Any:
        parts = [text_part("member_id", self._me), file_part("file", file_name, data)]
        result = self._signed("member/uploadAvatar", multipart("/member/uploadAvatar", parts)).json()
        self._text(result, "avatar_url")
        return result

    def profile(self, member_id: int = 0) -> Any:
        result = self._got("member/profile", member_id=member_id or self._signed_in().member_id)
        self._texts(result, "email", "name", "nickname")
        return result

    def block(self, target_id: int) -> Any:
        return self._targeted("member/block", target_id)

    def unblock(self, target_id: int) -> Any:
        return self._targeted("member/unblock", target_id)

    def blocking(self) -> Any:
        result = self._got("member/getBlockingMembers", member_id=self._signed_in().member_id)
        for member in self._list(result, "members"):
            self._texts(member, "email", "name", "nickname")
        return result

    def report(self, target_id: int) -> Any:
        return self._targeted("member/report", target_id)

    def delete_account(self) -> None:
        answer = self._signed("member/delete", Request("DELETE", f"/member/delete/{self._me}"))
        self._check(answer.status == 204 and not answer.body, "204 without a body")
        self.session = None

    def register_post(self, content: str, files: dict[str, bytes] | None = None) -> Any:
        parts = [text_part("member_id", self._me), text_part("content", content)]
        parts += [file_part("files", name, data) for name, data in (files or {}).items()]
        result = self._signed("post/registerPost", multipart("/post/registerPost", parts)).json()
        self._number(result, "post_id")
        self._post(result)
        return result

    def posts(self, page: int = 0, size: int = 10) -> list[dict[str, Any]]:
        result = self._got("post/posts", member_id=self._signed_in().member_id, page=page, size=size)
        return self._page(result)

    def own_posts(self, page: int = 0, size: int = 10) -> list[dict[str, Any]]:
        query = urlencode({"page": page, "size": size})
        return self._page(self._signed("post/posts", Request("GET", f"/post/posts/{self._me}?{query}")).json())

    def delete_post(self, post_id: int) -> None:
        answer = self._signed("post/delete", Request("DELETE", f"/post/delete/{post_id}"))
        self._check(answer.status == 204 and not answer.body, "204 without a body")

    # --------------------------------------------------------------------------------- interceptor

    def _signed(self, call: str, request: Request) -> Answer:
        """The token interceptor in front of every call that needs a login."""
        session = self._signed_in()
        answer = self._exchange(request, session.access)
        if answer.is_good:
            return answer
        renewed = self._exchange(self._renewal(session), patience=PATIENCE_RENEWAL)
        if not renewed.is_good:
            self.session = None
            code = self._code("auth/reissueToken", renewed)
            raise LoggedOut(code)
        self._keep(renewed)
        answer = self._exchange(request, self._signed_in().access)
        if not answer.is_good:
            raise Refused(self._code(call, answer))
        return answer

    def _renewal(self, session: Session) -> Request:
        body = {"member_id": str(session.member_id), "refresh_token": session.refresh}
        text = json.dumps(body, separators=(",", ":")).replace("/", "\\/")
        return Request("POST", "/auth/reissueToken", text.encode(), "application/json; charset=utf-8")

    def _keep(self, answer: Answer) -> None:
        result, session = answer.json(), self._signed_in()
        self._number(result, "member_id")
        self._texts(result, "access_token", "refresh_token", "name", "nickname", "email")
        session.access, session.refresh = result["access_token"], result["refresh_token"]
        session.email, session.name, session.nickname = result["email"], result["name"], result["nickname"]

    def _plain(self, call: str, body: dict[str, Any]) -> Any:
        answer = self._exchange(posted(f"/{call}", body))
        if not answer.is_good:
            raise Refused(self._code(call, answer))
        return answer.json()

    def _got(self, call: str, **query: int) -> Any:
        return self._signed(call, Request("GET", f"/{call}?{urlencode(query)}")).json()

    def _targeted(self, call: str, target_id: int) -> Any:
        body = {"member_id": self._signed_in().member_id, "target_id": target_id}
        return self._signed(call, posted(f"/{call}", body)).json()

    def _exchange(self, request: Request, access: str = "", patience: float = PATIENCE) -> Answer:
        answer = self.send(request, access, patience)
        self.exchanges.append((request, answer))
        self._check(not {*answer.before, answer.status} & {*range(300, 400)}, "no redirect")
        if answer.body:
            kind = answer.headers.get("content-type", "")
            self._check(kind.startswith("application/json"), f"JSON, not {kind}")
        return answer

    def _code(self, call: str, answer: Answer) -> str:
        """The code of a refusal, which must be on the call's own list."""
        result = answer.json()
        code = str(result.get("code"))
        self._check(result.get("status") == answer.status and bool(result.get("message")), "status and message")
        if code not in KNOWN[call]:
            raise Crashed(f"{call} does not know {code}")
        self.checks += 1
        return code

    # ------------------------------------------------------------------------------------- decoding

    def _page(self, result: dict[str, Any]) -> list[dict[str, Any]]:
        posts = self._list(result, "posts")
        self._check(result["size"] == len(posts), "size")
        for post in posts:
            self._number(post, "id")
            self._post(post)
        return posts

    def _post(self, post: dict[str, Any]) -> None:
        self._number(post, "writer_id")
        self._texts(post, "writer_email", "writer_nickname", "content", "created_at", "updated_at")
        pictures = post.get("image_urls")
        self._check(pictures is None or all(isinstance(url, str) for url in pictures), "image_urls")

    def _list(self, result: dict[str, Any], name: str) -> list[dict[str, Any]]:
        self._check(isinstance(result.get(name), list), f"{name} is a list")
        found: list[dict[str, Any]] = result[name]
        return found

    def _texts(self, result: dict[str, Any], *names: str) -> None:
        for name in names:
            self._text(result, name)

    def _text(self, result: dict[str, Any], name: str) -> str:
        self._check(isinstance(result.get(name), str), f"{name} is text")
        return str(result[name])

    def _number(self, result: dict[str, Any], name: str) -> None:
        self._check(type(result.get(name)) is int, f"{name} is a number")

    def _check(self, holds: bool, what: str) -> None:
        self.checks += 1
        if not holds:
            raise Crashed(what)

    def _signed_in(self) -> Session:
        if self.session is None:
            raise Refused("no session on the phone")
        return self.session

    @property
    def _me(self) -> str:
        return str(self._signed_in().member_id)
