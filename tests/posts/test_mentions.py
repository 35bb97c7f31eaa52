"""Mentions in posts: who can be named, who sees it, and who is told."""

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Member
from libs.outbox.worker import Worker
from posts.events import MEMBERS_MENTIONED
from posts.models import Post, PostEdit, PostMention
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone
from tests.accounts.test_sessions import redis_cache
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import MemberFactory, upload
from tests.posts.test_query_counts import statements, write

pytestmark = pytest.mark.django_db
Told = list[tuple[list[int], int, int | None, int | None]]


@pytest.fixture
def minas(mina: Member) -> Phone:
    return Phone.of(mina)


@pytest.fixture
def juns(jun: Member) -> Phone:
    return Phone.of(jun)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What an app with a handler is told."""
    calls: Told = []

    def remember(members: Collection[int], by: int, *, post: int | None = None, comment: int | None = None) -> None:
        calls.append((list(members), by, post, comment))

    monkeypatch.setattr(MEMBERS_MENTIONED, "_handlers", [])
    MEMBERS_MENTIONED.add_handler(remember)
    return calls


def publish(phone: Phone, *members: Member, text: str = "Snow!") -> str:
    """Publish a post that mentions these members; returns its id."""
    response = phone.post("posts", text=text, mentions=[str(member.pk) for member in members])
    assert response.status_code == 201, response.content
    return str(response.json()["id"])


def names(phone: Phone, post: str) -> list[str]:
    """Whom a post mentions, which the feed and the single post show alike."""
    single = phone.get(f"posts/{post}").json()["mentions"]
    listed = {each["id"]: each["mentions"] for each in phone.get("posts").json()["results"]}
    assert listed[post] == single
    return [mention["nickname"] for mention in single]


def test_a_post_shows_whom_it_mentions_in_the_order_given(minas: Phone, juns: Phone, jun: Member, sora: Member) -> None:
    post = publish(minas, sora, jun)
    assert names(juns, post) == names(minas, post) == ["Sora", "Jun"]
    assert juns.get(f"posts/{post}").json()["mentions"][1] == {"id": str(jun.pk), "nickname": "Jun"}
    jun.change_profile(nickname="June")
    assert names(minas, post) == ["Sora", "June"]


def test_a_form_with_images_mentions_members_too(minas: Phone, jun: Member, sora: Member) -> None:
    minas.client.credentials(HTTP_AUTHORIZATION=f"Bearer {minas.pair['access']}")
    body = {"text": "Look", "images": [upload()], "mentions": [str(jun.pk), str(sora.pk)]}
    response = minas.client.post("/api/v1/posts", body, format="multipart")
    assert [mention["nickname"] for mention in response.json()["mentions"]] == ["Jun", "Sora"]


def test_five_members_can_be_mentioned_and_a_sixth_is_refused(minas: Phone, juns: Phone) -> None:
    members = MemberFactory.create_batch(6)
    assert len(names(juns, publish(minas, *members[:5]))) == 5
    response = minas.post("posts", text="x", mentions=[str(member.pk) for member in members])
    errors = [(error["field"], error["code"]) for error in response.json()["errors"]]
    assert (response.status_code, errors) == (400, [("mentions", "max_length")])


def test_who_is_hidden_or_gone_is_refused_like_nobody(minas: Phone, mina: Member, jun: Member, sora: Member) -> None:
    gone = MemberFactory.create(withdrawn_at=timezone.now())
    jun.block(mina)
    mina.block(sora)
    answers = [
        minas.post("posts", text="x", mentions=[str(pk)]).json() | {"request_id": ""}
        for pk in (jun.pk, sora.pk, gone.pk, 1)
    ]
    assert (answers[0]["status"], answers[0]["errors"][0]["field"]) == (400, "mentions")
    assert answers == answers[:1] * 4
    assert not Post.objects.exists()


@pytest.mark.parametrize("mentions", ["1", ["x"], [1], [None], {"id": "1"}, None])
def test_what_is_no_list_of_ids_is_refused(minas: Phone, mentions: Any) -> None:
    response = minas.post("posts", text="x", mentions=mentions)
    assert response.status_code == 400
    assert response.json()["errors"][0]["field"].startswith("mentions")


def test_nobody_is_mentioned_twice(minas: Phone, jun: Member) -> None:
    response = minas.post("posts", text="x", mentions=[str(jun.pk)] * 2)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "mentions")


def test_readers_see_mentions_of_those_whom_they_see(minas: Phone, juns: Phone, jun: Member, sora: Member) -> None:
    rena = MemberFactory.create(nickname="Rena")
    post = publish(minas, jun, sora, rena)
    jun.block(sora)
    assert (names(juns, post), names(minas, post)) == (["Jun", "Rena"], ["Jun", "Sora", "Rena"])
    rena.suspend(timezone.now() + timedelta(days=1))
    assert (names(juns, post), names(minas, post)) == (["Jun"], ["Jun", "Sora"])
    rena.lift()
    jun.unblock(sora)
    assert names(juns, post) == ["Jun", "Sora", "Rena"]


def test_an_edit_tells_only_whom_it_adds(minas: Phone, told: Told, mina: Member, jun: Member, sora: Member) -> None:
    post = publish(minas, jun, mina)
    minas.patch(f"posts/{post}", text="Snow again")
    minas.patch(f"posts/{post}", text="Ice", mentions=[str(sora.pk), str(jun.pk)])
    minas.patch(f"posts/{post}", text="Ice", mentions=[str(jun.pk), str(sora.pk)])
    assert told == [([jun.pk], mina.pk, int(post), None), ([sora.pk], mina.pk, int(post), None)]
    assert names(minas, post) == ["Jun", "Sora"]
    minas.patch(f"posts/{post}", text="Ice", mentions=[])
    assert names(minas, post) == []
    # A change of the mentions alone is no edit of the text.
    assert PostEdit.objects.count() == 2


def test_a_refused_edit_changes_and_tells_nothing(minas: Phone, told: Told, jun: Member) -> None:
    post = publish(minas, jun)
    assert minas.patch(f"posts/{post}", text="Ice", mentions=["1"]).status_code == 400
    assert (minas.get(f"posts/{post}").json()["text"], names(minas, post), len(told)) == ("Snow!", ["Jun"], 1)


def test_mentions_of_another_device_are_not_undone(minas: Phone, jun: Member, sora: Member) -> None:
    url = f"/api/v1/posts/{publish(minas, jun)}"
    minas.client.credentials(HTTP_AUTHORIZATION=f"Bearer {minas.pair['access']}")
    before = minas.client.get(url).headers["ETag"]

    def edit(tag: str, *members: Member) -> int:
        body = {"text": "Snow!", "mentions": [str(member.pk) for member in members]}
        return int(minas.client.patch(url, body, format="json", headers={"If-Match": tag}).status_code)

    assert [edit(before, sora), edit(before)] == [200, 412]
    tag = minas.client.get(url).headers["ETag"]
    sora.change_profile(nickname="Sara")
    assert edit(tag) == 200


def test_a_block_soon_deletes_mentions_of_the_two(
    minas: Phone, juns: Phone, mina: Member, jun: Member, sora: Member
) -> None:
    publish(minas, jun, sora)
    publish(juns, mina, sora)
    mina.block(jun)
    Worker(["accounts.end_contact"]).drain()
    assert set(PostMention.objects.values_list("member", flat=True)) == {sora.pk}


def test_an_erased_member_is_mentioned_no_more(minas: Phone, jun: Member, sora: Member) -> None:
    post = publish(minas, jun, sora)
    erase(jun)
    assert (names(minas, post), PostMention.objects.count()) == (["Sora"], 1)
    minas.delete(f"posts/{post}")
    assert not PostMention.objects.exists()


def test_an_export_names_visible_members_by_their_ids(
    minas: Phone, mina: Member, jun: Member, sora: Member, run_jobs: Callable[[], None]
) -> None:
    publish(minas, sora, jun)
    jun.withdraw()
    client = logged_in(mina)
    url = request_export(client)
    run_jobs()
    (exported,) = read_json(download(client, url), "posts")
    assert exported["mentions"] == [str(sora.pk)]


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_with_mentions_takes_one_statement(minas: Phone, juns: Phone, mina: Member, number: int) -> None:
    posts, members = write(mina, number), MemberFactory.create_batch(5)
    for post in posts:
        PostMention.objects.add(post, [member.pk for member in members], by=mina)
    Post.objects.update(has_mentions=True)
    listed = juns.get("posts?limit=50").json()["results"]
    assert {len(post["mentions"]) for post in listed} == {5}
    assert len(statements(lambda: juns.get("posts?limit=50"))) == 1


def test_mentions_take_two_statements_more_to_publish(minas: Phone, told: Told, jun: Member, sora: Member) -> None:
    ids = [str(jun.pk), str(sora.pk)]
    without = statements(lambda: minas.post("posts", text="x"), 201)
    assert len(statements(lambda: minas.post("posts", text="x", mentions=ids), 201)) == len(without) + 2


@pytest.mark.django_db(transaction=True)
def test_cached_pages_show_new_nicknames_and_blocks_at_once(
    minas: Phone,
    juns: Phone,
    jun: Member,
    sora: Member,
    settings: Settings,
    redis_url: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    settings.CACHES, settings.REDIS_URL = redis_cache(redis_url), redis_url
    settings.FEED_CACHE_POSTS, settings.FEED_CACHE_SECONDS = 6, 3_600
    post = publish(minas, jun, sora, text='"mentions":[{')
    assert [names(juns, post) for _ in range(3)] == [["Jun", "Sora"]] * 3
    with django_assert_num_queries(0):
        assert names(juns, post) == ["Jun", "Sora"]
    sora.change_profile(nickname="Sara")
    with django_assert_num_queries(1):
        assert names(juns, post) == ["Jun", "Sara"]
    jun.block(sora)
    assert (names(juns, post), names(minas, post)) == (["Jun"], ["Jun", "Sara"])
    sora.withdraw()
    assert (names(juns, post), names(minas, post)) == (["Jun"], ["Jun"])
