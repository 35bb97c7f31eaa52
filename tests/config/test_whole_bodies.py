"""Bodies that end before their Content-Length, as those of phones that are lost in the middle do."""

import io
from typing import Any

import orjson
import pytest
from django.test import RequestFactory

from accounts.models import Member
from accounts.sessions import rotation
from config.wsgi import application
from media.models import Image
from posts.models import Post
from tests.android.wire import Request, file_part, multipart, text_part
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db
PICTURES = [picture_bytes((64, 48 + number)) for number in range(3)]


def answered(member: Member, door: str, request: Request, length: int) -> tuple[int, dict[str, Any]]:
    """Status and JSON of the answer to a request of which only so many bytes of the body come."""
    pair = rotation.begin(member, door=door, device="", network="192.0.2.0/24")
    sent = RequestFactory(headers={"Authorization": f"Bearer {pair.access}"}).generic(
        request.method, request.path, request.body, request.content_type
    )
    # Less what WSGI has around it: that begins and ends with closing the database's connection.
    environ = sent.environ | {"wsgi.input": io.BytesIO(request.body[:length])}
    told: Any = application.get_response(application.request_class(environ))
    return told.status_code, orjson.loads(told.content)


def draft_of(member: Member, path: str, text: str, pictures: str) -> Request:
    """A post that is good with any number of its pictures; v1 knows no member_id."""
    named = [text_part("member_id", str(member.pk))] if path.startswith("/post") else []
    files = [file_part(pictures, "photo.jpg", picture) for picture in PICTURES]
    return multipart(path, [*named, text_part(text, "Three of us"), *files])


@pytest.mark.parametrize(
    ("door", "path", "text", "pictures", "code"),
    [
        ("v1", "/api/v1/posts", "text", "images", "malformed"),
        ("android", "/post/registerPost", "content", "files", "GLOBAL_002"),
    ],
)
def test_a_post_that_is_cut_is_no_shorter_post(
    mina: Member, door: str, path: str, text: str, pictures: str, code: str
) -> None:
    draft = draft_of(mina, path, text, pictures)
    second = draft.body.index(PICTURES[1])
    for length in (second, second + 100, len(draft.body) - 1):
        status, told = answered(mina, door, draft, length)
        assert (status, told["code"]) == (400, code)
    assert not Post.objects.exists()
    assert not Image.objects.exists()
    assert answered(mina, door, draft, len(draft.body))[0] == 201


def test_words_that_are_cut_are_no_shorter_words(mina: Member) -> None:
    draft = Request("POST", "/api/v1/posts", b'{"text": "All of it"}   ', "application/json")
    for length in (12, len(draft.body) - 1):
        assert answered(mina, "v1", draft, length)[1]["code"] == "malformed"
    assert answered(mina, "v1", draft, len(draft.body))[0] == 201
