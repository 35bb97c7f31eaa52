"""What a key costs: five statements more the first time, and nothing of what was done for a repeat."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.factories import upload

POSTS, IMAGES = "/api/v1/posts", "/api/v1/images"
BOUNDS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
# Without a key, the first with one, and its repeat; each asks whether the terms are accepted.
COSTS = {"a post": (3, 8, 3), "a post with ten pictures": (12, 17, 3), "a picture": (6, 11, 3)}


def statements(send: Callable[[], Any]) -> int:
    """How many a request takes; where transactions begin and end does not count."""
    with CaptureQueriesContext(connection) as asked:
        assert send().status_code == 201
    # Of some statements PostgreSQL does not tell the words.
    return sum(not str(query["sql"]).startswith(BOUNDS) for query in asked)


@pytest.mark.parametrize(("what", "costs"), COSTS.items(), ids=COSTS)
def test_a_key_costs_five_statements_and_its_repeat_three_in_all(mina_api: APIClient, what: str, costs: Any) -> None:
    def send(**key: Any) -> Any:
        pictures = [upload(size=(8, 8)) for _ in range(10)]
        if what == "a picture":
            return mina_api.post(IMAGES, {"image": pictures[0]}, format="multipart", **key)
        if what == "a post":
            return mina_api.post(POSTS, {"text": "Snow."}, format="json", **key)
        return mina_api.post(POSTS, {"images": pictures}, format="multipart", **key)

    send()
    first, repeat = (statements(lambda: send(HTTP_IDEMPOTENCY_KEY="k")) for _ in range(2))
    assert (statements(send), first, repeat) == costs
