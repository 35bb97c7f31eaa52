"""What schemathesis cannot read from the description: who the member is, and what there is to find.

Without FUZZ_EMAIL in the environment nobody is signed in. Choices hang on the case alone, so that a case that fails
fails again.
"""

import os
import zlib
from typing import Any

import requests
import schemathesis

URL = os.environ["FUZZ_URL"]
EMAIL = os.environ.get("FUZZ_EMAIL", "")
PASSWORD = os.environ.get("FUZZ_PASSWORD", "")
# A case that ended the session it was made in leaves this empty. Name of a header, and its value.
signed_in: dict[str, str] = {}
# Ids of the hamlet, by the name they have in a path.
known: dict[str, list[str]] = {}


def sign_in() -> dict[str, str]:
    """The header of a new session."""
    pair = requests.post(f"{URL}/api/v1/sessions", json={"email": EMAIL, "password": PASSWORD}, timeout=10).json()
    return {"Authorization": f"Bearer {pair['access']}"}


def look_around() -> dict[str, list[str]]:
    """Ids that the member may see, those that cannot be found included."""
    page = requests.get(f"{URL}/api/v1/posts?limit=100", headers=signed_in, timeout=10).json()["results"]
    images = [image["id"] for post in page for image in post["images"]]
    authors = sorted({post["author"]["id"] for post in page})
    return {"post_id": [post["id"] for post in page], "member_id": authors, "image_id": images}


if EMAIL:

    @schemathesis.auth()
    class Member:
        """Signs in when there is no session to use."""

        def get(self, case: schemathesis.Case[Any], context: Any) -> dict[str, str]:
            """The header of the session at hand; told to be kept by `signed_in`, not by schemathesis."""
            return signed_in

        def set(self, case: schemathesis.Case[Any], data: dict[str, str], context: Any) -> None:
            """Put the header on the case."""
            if not signed_in:
                signed_in.update(sign_in())
            case.headers.update(signed_in)

    @schemathesis.hook
    def after_call(context: Any, case: schemathesis.Case[Any], response: Any) -> None:
        """Forget a session that is over."""
        if b"session_ended" in response.content or (case.method == "DELETE" and "/sessions" in case.path):
            signed_in.clear()

    @schemathesis.hook
    def map_path_parameters(context: Any, path_parameters: dict[str, Any]) -> dict[str, Any]:
        """Three of four ids are of something that is there."""
        if not known:
            signed_in.update(signed_in or sign_in())
            known.update(look_around())
        for name, value in (path_parameters or {}).items():
            number = zlib.crc32(repr(value).encode())
            if number % 4 and (ids := known.get(name)):
                path_parameters[name] = ids[number % len(ids)]
        return path_parameters
