"""Editing a post, and its former texts."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import Member
from posts.models import Post, PostEdit
from tests.factories import PostFactory
from tests.posts.conftest import VIEWER


def edit(client: APIClient, post: Post, **body: Any) -> Any:
    return client.patch(f"/api/v1/posts/{post.pk}", body, format="json")


def history(client: APIClient, post: Post, **params: Any) -> Any:
    return client.get(f"/api/v1/posts/{post.pk}/edits", params).json()


def test_everybody_reads_the_new_text_after_an_edit(mina: Member, mina_api: APIClient, jun_api: APIClient) -> None:
    post = PostFactory.create(author=mina, text="Frist snow.")
    assert mina_api.get(f"/api/v1/posts/{post.pk}").json()["edited_at"] is None
    answer = edit(mina_api, post, text=" First snow.\r\n")
    assert (answer.status_code, answer.json()["text"]) == (200, "First snow.")
    assert answer.json()["edited_at"] > answer.json()["created_at"]
    seen = answer.json() | {"viewer": VIEWER | {"is_author": False}}
    assert jun_api.get(f"/api/v1/posts/{post.pk}").json() == seen
    assert jun_api.get("/api/v1/posts").json()["results"] == [seen]


def test_only_the_author_can_read_the_former_texts(mina: Member, mina_api: APIClient, jun_api: APIClient) -> None:
    post = PostFactory.create(author=mina, text="one")
    moments = [edit(mina_api, post, text=text).json()["edited_at"] for text in ("two", "three")]
    former = history(mina_api, post)["results"]
    assert former == [{"text": "two", "edited_at": moments[1]}, {"text": "one", "edited_at": moments[0]}]
    assert history(jun_api, post)["code"] == "not_yours"


def test_a_long_history_of_edits_is_read_in_pages(mina: Member, mina_api: APIClient) -> None:
    post = PostFactory.create(author=mina, text="0")
    for number in range(1, 6):
        post.edit(str(number))
    page = history(mina_api, post, limit=2)
    read = [page]
    while page["next"]:
        read.append(page := history(mina_api, post, limit=2, cursor=page["next"]))
    assert [edit["text"] for page in read for edit in page["results"]] == ["4", "3", "2", "1", "0"]


def test_sending_the_same_text_again_changes_nothing(mina: Member, mina_api: APIClient) -> None:
    post = PostFactory.create(author=mina, text="one")
    answers = [edit(mina_api, post, text=text).json() for text in ("two", "two", " two ")]
    assert answers[0] == answers[1] == answers[2]
    assert PostEdit.objects.count() == 1
    untouched = edit(mina_api, PostFactory.create(author=mina, text="x"), text="x").json()
    assert untouched["edited_at"] is None


def test_only_a_post_with_images_can_lose_its_text(
    mina: Member, mina_api: APIClient, illustrated: Callable[..., Post]
) -> None:
    pictured = edit(mina_api, illustrated(mina), text="")
    assert (pictured.status_code, pictured.json()["text"], len(pictured.json()["images"])) == (200, "", 1)
    bare = edit(mina_api, PostFactory.create(author=mina, text="one"), text="\u200b")
    assert (bare.status_code, bare.json()["code"]) == (400, "post_empty")
    assert list(PostEdit.objects.values_list("text", flat=True)) == ["Look."]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "required"),
        ({"text": None}, "null"),
        ({"text": "x" * 2_001}, "max_graphemes"),
        ({"text": "x\0"}, "control"),
        ({"text": "x", "image_ids": []}, "unknown_field"),
        ({"text": "x", "author": "1"}, "unknown_field"),
    ],
)
def test_an_edit_follows_the_rules_of_publishing(
    mina: Member, mina_api: APIClient, body: dict[str, Any], code: str
) -> None:
    post = PostFactory.create(author=mina, text="one")
    answer = edit(mina_api, post, **body)
    assert answer.status_code == 400
    assert code in [error["code"] for error in answer.json()["errors"]] or code == "control"
    post.refresh_from_db()
    assert (post.text, post.edited_at) == ("one", None)


def test_a_post_that_is_longer_than_new_ones_can_be_edited(mina: Member, mina_api: APIClient) -> None:
    long, short = (PostFactory.create(author=mina, text="눈" * length) for length in (15_000, 2_000))
    assert edit(mina_api, long, text="눈" * 15_000 + "!").json()["text"].endswith("눈!")
    assert edit(mina_api, long, text="눈" * 20_001).json()["errors"][0]["code"] == "max_graphemes"
    assert edit(mina_api, short, text="눈" * 2_001).json()["errors"][0]["code"] == "max_graphemes"


def test_nobody_can_edit_a_post_of_somebody_else(mina: Member, jun_api: APIClient) -> None:
    post = PostFactory.create(author=mina, text="one")
    answer = edit(jun_api, post, text="two")
    assert (answer.status_code, answer.json()["code"]) == (403, "not_yours")
    mina.block(Member.objects.get(nickname="Jun"))
    assert edit(jun_api, post, text="two").status_code == 404
    assert not PostEdit.objects.exists()


def test_a_removed_post_can_be_neither_edited_nor_its_history_read(mina: Member, mina_api: APIClient) -> None:
    post = PostFactory.create(author=mina)
    post.remove()
    assert edit(mina_api, post, text="two").status_code == 404
    assert history(mina_api, post)["code"] == "not_found"


def test_deleting_a_post_deletes_its_former_texts(mina: Member, mina_api: APIClient) -> None:
    post = PostFactory.create(author=mina)
    edit(mina_api, post, text="two")
    assert mina_api.delete(f"/api/v1/posts/{post.pk}").status_code == 204
    assert not PostEdit.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_edits_at_the_same_time_lose_no_text(mina: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite lies in memory, where writers do not wait for each other")
    post = PostFactory.create(author=mina, text="0")

    def change(number: int) -> None:
        post.edit(str(number))
        connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(change, range(1, 5)))
    post.refresh_from_db()
    texts = [*post.edits.values_list("text", flat=True), post.text]
    assert sorted(texts) == ["0", "1", "2", "3", "4"]
