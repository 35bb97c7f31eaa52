"""Writing comments and replies, and what is refused."""

from typing import Any

import pytest
from pytest_django import Settings

from accounts.models import Member
from comments.models import Comment
from posts.models import Post
from tests.accounts.phone import Phone, code_of
from tests.comments.conftest import read, texts, write
from tests.factories import MemberFactory, PostFactory

pytestmark = pytest.mark.django_db


def test_everybody_who_sees_a_post_reads_what_was_said(post: Post, jun: Member, minas: Phone, juns: Phone) -> None:
    first = juns.post(f"posts/{post.pk}/comments", text="  Snow?\r\nHere too! ")
    assert first.status_code == 201
    write(minas, post, "Yes, snow.")
    (shown, _) = read(minas, post)
    assert shown | {"author": shown["author"]["nickname"], "created_at": None} == {
        "id": first.json()["id"], "post_id": str(post.pk), "author": "Jun", "text": "Snow?\nHere too!", "mentions": [],
        "created_at": None, "reply_to": None, "reply_count": 0, "is_deleted": False,
        "viewer": {"is_author": False, "may_delete": True},
    }  # fmt: skip
    assert read(juns, post)[0] == first.json()
    assert first.json()["viewer"] == {"is_author": True, "may_delete": True}
    assert read(juns, post)[1]["viewer"] == {"is_author": False, "may_delete": False}


def test_a_reply_to_a_reply_joins_the_comment_above_both(post: Post, minas: Phone, juns: Phone) -> None:
    top = write(juns, post, "Where is that?")
    reply = write(minas, post, "At home.", reply_to=top)
    third = write(juns, post, "Nice.", reply_to=reply)
    assert texts(minas, post) == ["Where is that?"]
    assert texts(minas, top) == ["At home.", "Nice."]
    assert [one["reply_to"] for one in read(minas, top)] == [top, top]
    assert read(minas, post)[0]["reply_count"] == 2
    assert read(minas, third) == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": ""}, "blank"),
        ({"text": " \n"}, "blank"),
        ({"text": "👨‍👩‍👧" * 11}, "max_graphemes"),
        ({}, "required"),
        ({"text": 7}, "invalid"),
        ({"text": "Snow", "reply_to": "4711"}, "invalid"),
        ({"text": "Snow", "reply_to": "x"}, "invalid"),
        ({"text": "Snow", "reply_to": 4711}, "invalid"),
        ({"text": "Snow", "reply_to": None}, "null"),
        ({"text": "Snow", "author": "4711"}, "unknown_field"),
    ],
)
def test_a_comment_that_is_wrong_changes_nothing(
    post: Post, juns: Phone, settings: Settings, body: dict[str, Any], code: str
) -> None:
    settings.COMMENT_MAX_GRAPHEMES = 10
    response = juns.post(f"posts/{post.pk}/comments", **body)
    assert response.status_code == 400
    assert [error["code"] for error in response.json()["errors"]] == [code]
    assert not Comment.objects.exists()


def test_a_reply_must_be_to_what_stands_there(post: Post, juns: Phone, jun: Member) -> None:
    elsewhere = write(juns, PostFactory.create())
    hidden = MemberFactory.create()
    of_hidden = write(Phone.of(hidden), post)
    hidden.block(jun)
    for reply_to in (elsewhere, of_hidden, str(post.pk)):
        response = juns.post(f"posts/{post.pk}/comments", text="Snow", reply_to=reply_to)
        assert [error["field"] for error in response.json()["errors"]] == ["reply_to"]
    assert texts(juns, post) == []


def test_an_unseen_post_has_no_comments_at_all(post: Post, mina: Member, jun: Member, juns: Phone) -> None:
    comment = write(juns, post)
    mina.block(jun)
    removed = PostFactory.create()
    removed.remove()
    for number in (post.pk, removed.pk, 4711):
        assert juns.get(f"posts/{number}/comments").status_code == 404
        assert juns.post(f"posts/{number}/comments", text="Snow").status_code == 404
    assert juns.get(f"comments/{comment}/replies").status_code == 404
    assert juns.delete(f"comments/{comment}").status_code == 404


def test_a_repeated_request_comments_only_once(post: Post, juns: Phone) -> None:
    headers = {"Authorization": f"Bearer {juns.pair['access']}", "Idempotency-Key": "one"}
    path = f"/api/v1/posts/{post.pk}/comments"
    answers = [juns.client.post(path, {"text": "Snow!"}, format="json", headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Comment.objects.count() == 1


def test_nobody_comments_where_the_author_closed(post: Post, minas: Phone, juns: Phone) -> None:
    write(juns, post)
    closure = f"posts/{post.pk}/comments/closure"
    assert juns.put(closure).status_code == 403
    assert [minas.put(closure).status_code for _ in range(2)] == [204, 204]
    for phone in (minas, juns):
        assert code_of(phone.post(f"posts/{post.pk}/comments", text="Snow")) == "comments_closed"
    assert texts(juns, post) == ["Snow!"]
    assert juns.get(f"posts/{post.pk}").json()["comments_closed"] is True
    assert [minas.delete(closure).status_code for _ in range(2)] == [204, 204]
    assert juns.get("posts").json()["results"][0]["comments_closed"] is False
    write(juns, post)


def test_so_many_comments_a_minute_and_no_more(post: Post, juns: Phone, settings: Settings) -> None:
    settings.THROTTLE_RATES = settings.THROTTLE_RATES | {"comment-member": "2/minute"}
    for _ in range(2):
        write(juns, post)
    assert code_of(juns.post(f"posts/{post.pk}/comments", text="Snow")) == "too_many_requests"


def test_the_next_page_begins_where_one_ended(post: Post, minas: Phone, juns: Phone) -> None:
    for number in range(4):
        write(juns, post, str(number))
    page = minas.get(f"posts/{post.pk}/comments?limit=2").json()
    rest = minas.get(f"posts/{post.pk}/comments?limit=2&cursor={page['next']}").json()
    assert [one["text"] for one in page["results"] + rest["results"]] == ["0", "1", "2", "3"]
    assert rest["next"] is None
