"""A key costs two statements more the first time, and a repeat costs none of the statements of the effect."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import upload

POSTS, IMAGES = "/api/v1/posts", "/api/v1/images"
BOUNDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
# Without a key, the first with one, and its repeat.
COSTS = {"a post": (2, 4, 2), "a post with ten images": (10, 12, 2), "an image": (5, 7, 2)}


def statements(send: Callable[[], Any]) -> int:
    """Count the statements of a request, without those that begin and end transactions."""
    with CaptureQueriesContext(connection) as queries:
        assert send().status_code == 201
    # PostgreSQL gives some statements without their text.
    return sum(not str(query["sql"]).startswith(BOUNDS) for query in queries)


@pytest.mark.parametrize(("what", "costs"), COSTS.items(), ids=COSTS)
def test_a_key_costs_two_statements_and_its_repeat_two_in_all(mina_api: APIClient, what: str, costs: Any) -> None:
    def send(**key: Any) -> Any:
        images = [upload(size=(8, 8)) for _ in range(10)]
        if what == "an image":
            return mina_api.post(IMAGES, {"image": images[0]}, format="multipart", **key)
        if what == "a post":
            return mina_api.post(POSTS, {"text": "Snow."}, format="json", **key)
        return mina_api.post(POSTS, {"images": images}, format="multipart", **key)

    send()
    first, repeat = (statements(lambda: send(HTTP_IDEMPOTENCY_KEY="k")) for _ in range(2))
    assert (statements(send), first, repeat) == costs
