"""What comments cost: a fixed number of statements, and the index each list was made for."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Member
from comments.models import Comment
from comments.representations import compiled_comments, compiled_replies
from posts.models import Post
from tests.accounts.phone import Phone
from tests.comments.conftest import write
from tests.factories import PostFactory, put

pytestmark = pytest.mark.django_db


def statements(send: Callable[[], Any]) -> list[str]:
    """The statements of a request once the session is known, without transactions and savepoints."""
    send()
    with CaptureQueriesContext(connection) as captured:
        assert send().status_code < 300
    bounds = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    return [str(query["sql"]) for query in captured if not str(query["sql"]).startswith(bounds)]


def fill(post: Post, number: int, parent: Comment | None = None) -> list[Comment]:
    """So many comments of as many members, behind the API's back."""
    authors = put(Member(email=f"{uuid4().hex}@example.com", nickname="x") for _ in range(number))
    now = timezone.now()
    return put(
        Comment(post=post, author=author, parent=parent, text="x", created_at=now - timedelta(seconds=place))
        for place, author in enumerate(authors)
    )


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_takes_two_statements_whatever_its_length(post: Post, juns: Phone, number: int) -> None:
    top = fill(post, number)[0]
    fill(post, number, top)
    for path in (f"posts/{post.pk}/comments?limit=50", f"comments/{top.pk}/replies?limit=50"):
        assert len(juns.get(path).json()["results"]) == number
        assert len(statements(partial(juns.get, path))) == 2


def test_writing_and_deleting_take_as_many_whatever_is_there(post: Post, minas: Phone, juns: Phone) -> None:
    counts = []

    def delete_next(ids: Iterator[str]) -> Any:
        return juns.delete(f"comments/{next(ids)}")

    for number in (1, 50):
        tops = fill(post, number)
        fill(post, number, tops[0])
        written = statements(lambda: juns.post(f"posts/{post.pk}/comments", text="Snow"))
        ids = iter([write(juns, post), write(juns, post)])
        deleted = statements(partial(delete_next, ids))
        counts.append((len(written), len(deleted)))
    assert counts[0] == counts[1]
    # Three of them record the notification.
    assert counts[0][0] <= 8


def plan(queryset: Any) -> dict[str, Any]:
    """The plan of the first page on PostgreSQL."""
    made: dict[str, Any] = json.loads(queryset[:21].explain(format="json"))[0]["Plan"]
    return made


def nodes(part: dict[str, Any]) -> list[dict[str, Any]]:
    return [part, *(node for inner in part.get("Plans", []) for node in nodes(inner))]


def test_pages_read_their_index_and_never_all_comments(post: Post, jun: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    tops = fill(post, 5_000)
    fill(post, 5_000, tops[0])
    for other in PostFactory.create_batch(20):
        for top in fill(other, 50)[:5]:
            fill(other, 10, top)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for queryset, index in (
        (compiled_comments.build(viewer=jun.pk, post=post.pk, post_author=post.author_id), "comment_list"),
        (compiled_replies.build(viewer=jun.pk, comment=tops[0].pk, post_author=post.author_id), "comment_replies"),
    ):
        found = nodes(plan(queryset))
        assert index in {node.get("Index Name") for node in found}
        scans = [node for node in found if node.get("Relation Name") == "comments_comment"]
        assert {node["Node Type"] for node in scans} <= {"Index Scan", "Index Only Scan"}
        assert not [node for node in found if node["Node Type"] == "Sort"]
