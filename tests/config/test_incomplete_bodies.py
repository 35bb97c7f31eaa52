"""Requests whose body ends before its Content-Length, as when a phone loses its network."""

import io
from typing import Any

import orjson
import pytest
from django.test import RequestFactory

from accounts.models import Member
from accounts.sessions import token_rotation
from config.wsgi import application
from media.models import Image
from posts.models import Post
from tests.android.okhttp import Request, file_part, multipart, text_part
from tests.factories import picture_bytes

pytestmark = pytest.mark.django_db
IMAGES = [picture_bytes((64, 48 + number)) for number in range(3)]


def respond_to_first_bytes(member: Member, audience: str, request: Request, length: int) -> tuple[int, dict[str, Any]]:
    """Return status and JSON of the response to a request of whose body only `length` bytes arrive."""
    pair = token_rotation.start_session(member, audience=audience, device="", network="192.0.2.0/24")
    complete = RequestFactory(headers={"Authorization": f"Bearer {pair.access}"}).generic(
        request.method, request.path, request.body, request.content_type
    )
    # Not through the WSGI handler, which closes the database connection before and after each request.
    environ = complete.environ | {"wsgi.input": io.BytesIO(request.body[:length])}
    response: Any = application.get_response(application.request_class(environ))
    return response.status_code, orjson.loads(response.content)


def post_form(member: Member, path: str, text_field: str, files_field: str) -> Request:
    """Return a form for a post that is valid with any number of its images."""
    # Only the Android API knows the field member_id.
    parts = [text_part("member_id", str(member.pk))] if path.startswith("/post") else []
    files = [file_part(files_field, "photo.jpg", image) for image in IMAGES]
    return multipart(path, [*parts, text_part(text_field, "Three of us"), *files])


@pytest.mark.parametrize(
    ("audience", "path", "text_field", "files_field", "code"),
    [
        ("v1", "/api/v1/posts", "text", "images", "malformed"),
        ("android", "/post/registerPost", "content", "files", "GLOBAL_002"),
    ],
)
def test_a_form_that_is_cut_off_does_not_create_a_post(
    mina: Member, audience: str, path: str, text_field: str, files_field: str, code: str
) -> None:
    form = post_form(mina, path, text_field, files_field)
    second_image = form.body.index(IMAGES[1])
    for length in (second_image, second_image + 100, len(form.body) - 1):
        status, problem = respond_to_first_bytes(mina, audience, form, length)
        assert (status, problem["code"]) == (400, code)
    assert not Post.objects.exists()
    assert not Image.objects.exists()
    assert respond_to_first_bytes(mina, audience, form, len(form.body))[0] == 201


def test_a_json_body_that_is_cut_off_is_malformed(mina: Member) -> None:
    post = Request("POST", "/api/v1/posts", b'{"text": "All of it"}   ', "application/json")
    for length in (12, len(post.body) - 1):
        assert respond_to_first_bytes(mina, "v1", post, length)[1]["code"] == "malformed"
    assert respond_to_first_bytes(mina, "v1", post, len(post.body))[0] == 201
