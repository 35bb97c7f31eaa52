"""What schemathesis cannot read from the description: who the member is, and what there is to find.

Without FUZZ_EMAIL in the environment nobody is logged in. Choices hang on the case alone, so that a case that fails
fails again. What a hook changes stays as right, or as wrong, as it was.
"""

import itertools
import os
import re
import zlib
from typing import Any
from uuid import uuid4

import requests
import schemathesis

URL = os.environ["FUZZ_URL"]
EMAIL = os.environ.get("FUZZ_EMAIL", "")
PASSWORD = os.environ.get("FUZZ_PASSWORD", "")
# A case that ended the session it was made in leaves this empty. Name of a header, and its value.
logged_in: dict[str, str] = {}
# Ids of the demo data, by the name they have in a path.
known: dict[str, list[str]] = {}
# After so many paths, and so many blocks, the member looks around anew.
PATHS, BLOCKS = 200, 3
paths, blocks = itertools.count(1), itertools.count(1)
is_a_key = re.compile(r"[!-~]{1,255}").fullmatch
is_an_id = re.compile(r"[0-9]{1,19}").fullmatch


def sign_in() -> dict[str, str]:
    """The header of a new session."""
    pair = requests.post(f"{URL}/api/v1/sessions", json={"email": EMAIL, "password": PASSWORD}, timeout=10).json()
    return {"Authorization": f"Bearer {pair['access']}"}


def look_around() -> dict[str, list[str]]:
    """Ids that the member may see, once all blocks are lifted: who has blocked everybody finds nothing."""
    session = requests.Session()
    session.headers.update(sign_in())
    for blocked in session.get(f"{URL}/api/v1/blocks?limit=100", timeout=10).json()["results"]:
        session.delete(f"{URL}/api/v1/blocks/{blocked['member']['id']}", timeout=10)
    page = session.get(f"{URL}/api/v1/posts?limit=100", timeout=10).json()["results"]
    images = [image["id"] for post in page for image in post["images"]]
    comments = [
        comment["id"]
        for post in page[:20]
        for comment in session.get(f"{URL}/api/v1/posts/{post['id']}/comments", timeout=10).json()["results"]
    ]
    authors = sorted({post["author"]["id"] for post in page})
    posts = [post["id"] for post in page]
    return {"post_id": posts, "member_id": authors, "image_id": images, "comment_id": comments}


if EMAIL:

    @schemathesis.auth()
    class Member:
        """Logs in when there is no session to use."""

        def get(self, case: schemathesis.Case[Any], context: Any) -> dict[str, str]:
            """The header of the current session, which `logged_in` caches instead of schemathesis."""
            return logged_in

        def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: Any) -> None:
            """Put the header on the case."""
            if not logged_in:
                logged_in.update(sign_in())
            case.headers.update(logged_in)

    @schemathesis.hook
    def after_call(context: Any, case: schemathesis.Case[Any], response: Any) -> None:
        """Forget a session that is over, and what there was before there were blocks."""
        if b"session_ended" in response.content or (case.method == "DELETE" and "/sessions" in case.path):
            logged_in.clear()
        if case.method == "PUT" and "/blocks/" in case.path and next(blocks) % BLOCKS == 0:
            known.clear()

    @schemathesis.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
        """Three of four ids are of something that is there."""
        if next(paths) % PATHS == 0 or not known:
            known.update(look_around())
        for name, value in (path_parameters or {}).items():
            number = zlib.crc32(repr(value).encode())
            if number % 4 and (ids := known.get(name)):
                path_parameters[name] = ids[number % len(ids)]
        return path_parameters

    @schemathesis.hook
    def map_headers(context: Any, headers: dict[str, Any]) -> dict[str, Any]:
        """Three of four keys are new, as those of a client are: with an old one another request is refused."""
        key = str((headers or {}).get("Idempotency-Key", ""))
        if is_a_key(key) and zlib.crc32(key.encode()) % 4:
            headers["Idempotency-Key"] = uuid4().hex
        return headers

    @schemathesis.hook
    def map_body(context: Any, body: Any) -> Any:
        """Three of four lists of pictures are empty: no id that is drawn is one of the member's own."""
        ids = body.get("image_ids") if isinstance(body, dict) else None
        if isinstance(ids, list) and all(isinstance(one, str) and is_an_id(one) for one in ids):
            body["image_ids"] = [] if zlib.crc32(repr(body).encode()) % 4 else ids
        return body
