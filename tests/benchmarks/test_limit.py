"""The benchmarks' limit shows what the API shows, so that its cost can be compared with the API's."""

import json
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction

from accounts.models import Block, Follow, Member
from media.models import Image
from posts.models import Post
from tests.conftest import logged_in
from tests.factories import MemberFactory

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the limit's SQL is PostgreSQL's"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The WSGI program of the limit, on the tests' database."""
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
    environment = {"DATABASE_URL": url, "IMAGE_BASE_URL": settings.IMAGE_BASE_URL, "THREADS": "1"}
    for name, value in (environment | {"JWT_KEYS": settings.JWT_KEYS[0]}).items():
        monkeypatch.setenv(name, value)
    program = import_module("benchmarks.api.limit")
    yield program
    program.pool.close()


def _answer(limit: Any, client: Any, path: str) -> Any:
    """What the limit answers to a request with the client's token."""
    path, _, query = path.partition("?")
    token = client._credentials["HTTP_AUTHORIZATION"]
    environ = {"PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": "GET", "HTTP_AUTHORIZATION": token}
    (content,) = limit.application(environ, lambda status, headers: None)
    return json.loads(content)


def test_the_limit_answers_with_the_same_posts(
    limit: Any, mina: Member, jun: Member, store_image: Callable[..., Image]
) -> None:
    blocked, stranger = MemberFactory.create_batch(2)
    Block.objects.create(blocker=jun, blocked=blocked)
    Follow.objects.create(follower=jun, followed=mina)
    authors = (mina, blocked, stranger, jun)
    images = {author: [store_image(author, alt="a drawing").pk for _ in range(3)] for author in authors}
    with transaction.atomic():
        for author in authors:
            author.set_avatar(images[author].pop())
            Post.objects.publish(author=author, text="with images", image_ids=images[author])
            Post.objects.publish(author=author, text="without")
            Post.objects.publish(author=author, text="with mentions", mentions=[mina.pk, stranger.pk])
        Post.objects.publish(author=stranger, text="of somebody blocked", mentions=[blocked.pk, mina.pk])
        Post.objects.publish(author=stranger, text="removed").remove()
    client, post = logged_in(jun), Post.objects.filter(author=mina).latest("created_at")
    for query in ("", f"?author={mina.pk}", "?following=true"):
        ours = client.get(f"/api/v1/posts{query}").json()["results"]
        assert ours
        assert _answer(limit, client, f"/api/v1/posts{query}")["results"] == ours
    assert _answer(limit, client, f"/api/v1/posts/{post.pk}") == client.get(f"/api/v1/posts/{post.pk}").json()
