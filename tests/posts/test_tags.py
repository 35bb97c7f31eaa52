"""Hashtags: which a text has, and the posts that are found by them."""

import json
import unicodedata
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import Member
from libs.keyset.cursors import Cursor
from libs.outbox.worker import Worker
from posts.dependents import erase_dependents
from posts.models import Post, PostTag
from posts.representations import compiled_tag_feed
from posts.tags import MAX_KEY_LENGTH, MAX_TAGS, find_keys, parse_key
from tests.accounts.phone import Phone
from tests.factories import MemberFactory, put
from tests.posts.conftest import Texts
from tests.posts.test_query_counts import explained, indexes, posts_read, statements, tables_read_whole

pytestmark = pytest.mark.django_db
POSTS = "/api/v1/posts"
TAGS: dict[str, tuple[str, list[str]]] = {
    "none": ("Snow, at last", []),
    "between words": ("Snow in #Jeju today", ["jeju"]),
    "Korean": ("오늘은 #첫눈 이 왔어요. #한강_산책!", ["첫눈", "한강_산책"]),
    "one after the other": ("#맛집#카페#서울", ["맛집", "카페", "서울"]),
    "written twice": ("#Snow #snow #SNOW", ["snow"]),
    "full-width": ("＃ｓｙｎｔｈ #synth", ["synth"]),
    "taken apart": (unicodedata.normalize("NFD", "#Crème #눈"), ["crème", "눈"]),
    "combining marks": ("#हिन्दी #ภาษาไทย", ["हिन्दी", "ภาษาไทย"]),
    "a joiner": ("#می\u200cخواهم", ["میخواهم"]),
    "digits": ("#2026 #100days", ["2026", "100days"]),
    "punctuation around": ('(#snow), "#ice".#rain', ["snow", "ice", "rain"]),
    "within a word": ("C# and F#m, a#b", []),
    "a heading": ("# Snow ## Ice", []),
    "nothing but lines": ("#___ # _", []),
    "a key of a phone": ("#️⃣ 1", []),
    "a letter that nobody sees": ("#\u3164", []),
    "an address": ("https://example.com/#snow http://example.com/a?b=#ice www.example.com/page.#rain", []),
    "an address without its scheme": ("example.com/#snow example.com/a#ice example.com?a=#b", []),
    "an entity": ("&#39;", []),
}


@pytest.mark.parametrize(("text", "keys"), TAGS.values(), ids=TAGS)
def test_a_text_has_the_tags_that_people_see_in_it(text: str, keys: list[str]) -> None:
    assert find_keys(text) == keys
    assert [parse_key(f"#{key}") for key in keys] == keys


def test_what_is_beyond_the_limits_is_not_indexed() -> None:
    many = " ".join(f"#tag{number}" for number in range(MAX_TAGS + 5))
    assert find_keys(many) == [f"tag{number}" for number in range(MAX_TAGS)]
    longest = "x" * MAX_KEY_LENGTH
    # One letter of the last becomes eighteen.
    assert find_keys(f"#{longest}x #{longest} #" + "\ufdfa" * 10) == [longest]


def publish(author: Member, text: str) -> str:
    """Publish it through the API; returns the id."""
    response = Phone.of(author).post("posts", text=text)
    assert response.status_code == 201
    return str(response.json()["id"])


@pytest.mark.parametrize("tag", ["synth", "#synth ", "＃ＳＹＮＴＨ", "Synth"])
def test_a_tag_lists_its_posts_however_it_is_written(mina: Member, jun_api: APIClient, texts: Texts, tag: str) -> None:
    for text in ("#ｓｙｎｔｈ one", "two #Synth", "#synthesizer", "synth"):
        publish(mina, text)
    assert texts(jun_api, tag=tag) == ["two #Synth", "#ｓｙｎｔｈ one"]


def test_an_edit_changes_the_tags_with_the_text(mina: Member, jun_api: APIClient, texts: Texts) -> None:
    post = publish(mina, "#snow #ice")
    Phone.of(mina).patch(f"posts/{post}", text="#ice #rain")
    assert [texts(jun_api, tag=tag) for tag in ("snow", "ice", "rain")] == [[], ["#ice #rain"], ["#ice #rain"]]
    Phone.of(mina).patch(f"posts/{post}", text="Sun")
    assert not PostTag.objects.exists()


@pytest.mark.parametrize("tag", ["#", "two words", "a-b", "a#b", "##a", "😀", "x" * (MAX_KEY_LENGTH + 1), "a\0"])
def test_what_is_no_tag_is_refused(jun_api: APIClient, tag: str) -> None:
    response = jun_api.get(POSTS, {"tag": tag})
    assert (response.status_code, [error["field"] for error in response.json()["errors"]]) == (400, ["tag"])


def test_a_tag_shows_what_the_feed_shows(
    mina: Member, jun: Member, sora: Member, jun_api: APIClient, texts: Texts
) -> None:
    for author in (mina, jun, sora):
        publish(author, f"#snow {author.nickname}")
    removed = Post.objects.get(pk=publish(mina, "#snow removed"))
    removed.remove()
    assert texts(jun_api, tag="snow") == ["#snow Sora", "#snow Jun", "#snow Mina"]
    jun.mute(sora)
    assert texts(jun_api, tag="snow") == ["#snow Jun", "#snow Mina"]
    assert texts(jun_api, tag="snow", author=str(sora.pk)) == ["#snow Sora"]
    mina.block(jun)
    assert texts(jun_api, tag="snow") == ["#snow Jun"]


def test_a_tag_goes_together_with_every_other_parameter(
    mina: Member, jun: Member, sora: Member, jun_api: APIClient, texts: Texts
) -> None:
    for author, text in ((mina, "#snow one"), (sora, "#snow two"), (mina, "#snow three"), (mina, "#ice one")):
        publish(author, text)
    jun.follow(mina)
    second = Post.objects.get(text="#snow two").created_at.isoformat()
    expected: dict[str, tuple[dict[str, Any], list[str]]] = {
        "author": ({"author": mina.pk}, ["#snow three", "#snow one"]),
        "following": ({"following": "true"}, ["#snow three", "#snow one"]),
        "images": ({"has_images": "true"}, []),
        "search": ({"search": "one"}, ["#snow one"]),
        "since": ({"since": second}, ["#snow three", "#snow two"]),
        "until": ({"until": second}, ["#snow one"]),
        "ordering": ({"ordering": "oldest"}, ["#snow one", "#snow two", "#snow three"]),
    }
    for name, (params, found) in expected.items():
        assert texts(jun_api, tag="snow", **params) == found, name


@pytest.mark.parametrize("params", [{}, {"ordering": "oldest"}, {"has_images": "false"}])
def test_pages_of_a_tag_are_turned_forth_and_back(mina: Member, jun_api: APIClient, params: dict[str, str]) -> None:
    now = timezone.now()
    # Two of the same time, and others without the tag in between.
    times = [now - timedelta(minutes=number // 2) for number in range(7)]
    posts = put(
        Post(author=mina, text="#snow" if number != 3 else "x", created_at=at) for number, at in enumerate(times)
    )
    PostTag.objects.index(posts)

    def page(**more: Any) -> dict[str, Any]:
        found: dict[str, Any] = jun_api.get(POSTS, {"tag": "snow", "limit": 2, **params, **more}).json()
        return found

    pages = [page()]
    while pages[-1]["next"]:
        pages.append(page(cursor=pages[-1]["next"]))
    listed = [[post["id"] for post in each["results"]] for each in pages]
    turned = [post for each in listed for post in each]
    everything = [str(post.pk) for post in sorted(posts, key=lambda post: (post.created_at, post.pk), reverse=True)]
    everything.remove(str(posts[3].pk))
    assert turned == (everything[::-1] if "ordering" in params else everything)
    assert [post["id"] for post in page(cursor=pages[-1]["previous"])["results"]] == listed[-2]


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_of_a_tag_takes_one_statement_whatever_its_length(mina: Member, jun_api: APIClient, number: int) -> None:
    PostTag.objects.index(put(Post(author=mina, text="#snow") for _ in range(number)))
    for order in ("newest", "oldest"):
        params = {"tag": "snow", "limit": "50"} | ({"ordering": order} if order == "oldest" else {})
        assert len(jun_api.get(POSTS, params).json()["results"]) == number
        assert len(statements(partial(jun_api.get, POSTS, params))) == 1


def test_publishing_with_tags_takes_one_statement_more(mina_api: APIClient) -> None:
    sends = [partial(mina_api.post, POSTS, {"text": text}, format="json") for text in ("Snow.", "#snow #ice #rain")]
    without, with_tags = (len(statements(send, 201)) for send in sends)
    assert with_tags == without + 1


@pytest.mark.parametrize("average", [3, 60, 2_000])
def test_a_page_of_a_tag_reads_about_as_many_posts_as_it_shows(jun: Member, average: int) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    MemberFactory.create_batch(20)
    posts = (
        "INSERT INTO posts_post (id, author_id, text, image_count, created_at) SELECT n, (ARRAY(SELECT id FROM "
        "accounts_member))[1 + n % 20], 'x', 0, now() - n * interval '1 minute' FROM generate_series(1, 30000) n"
    )
    tags = (
        "INSERT INTO posts_posttag (post_id, key, created_at) SELECT id, {key}, created_at FROM posts_post WHERE {of}"
    )
    with connection.cursor() as cursor:
        cursor.execute(posts)
        cursor.execute(tags.format(key="'snow'", of="id % 3 = 0"))
        cursor.execute(tags.format(key=f"'rare' || id / {average}", of="id % 3 = 1"))
        cursor.execute("ANALYZE")
    plan = explained(compiled_tag_feed.build(viewer=jun.pk, key="snow"))
    assert "post_tag_feed" in indexes(plan)
    assert not {"posts_post", "posts_posttag"} & tables_read_whole(plan)
    feed, far = compiled_tag_feed(viewer=jun.pk, key="snow"), Post.objects.get(pk=24_000)
    # The plan for all tags is used from the sixth time on; making those before looks at some posts, too.
    for position in (None, Cursor(far.created_at, far.pk)):
        assert max(posts_read(lambda: feed.rows(position, 21, ascending=False)) for _ in range(8)) < 30  # noqa: B023


def test_tags_go_in_chunks_before_all_posts_of_a_member(mina: Member) -> None:
    posts = [Post.objects.get(pk=publish(mina, "#one #two #three")) for _ in range(4)]
    ids = [post.pk for post in posts]
    assert [erase_dependents(ids, 8) for _ in range(2)] == [True, False]
    PostTag.objects.index(posts)
    Post.objects.hide_all_of(mina)
    Worker(["posts.delete_posts"]).drain()
    assert not PostTag.objects.exists()


def test_posts_of_a_release_without_tags_are_indexed_later(
    mina: Member, jun_api: APIClient, texts: Texts, capsys: pytest.CaptureFixture[str]
) -> None:
    put(Post(author=mina, text=text) for text in ("#ice #snow", "rain", "#snow"))
    assert texts(jun_api, tag="snow") == []
    with pytest.raises(SystemExit, match="3"):
        call_command("index_tags", "--batch=2", "--json")
    first = json.loads(capsys.readouterr().out)
    assert (first["posts"], first["changed"]) == (2, 2)
    call_command("index_tags", f"--start-after={first['last']}")
    assert texts(jun_api, tag="snow") == ["#snow", "#ice #snow"]
    Post.objects.filter(text="#snow").update(text="#rain")
    call_command("index_tags")
    assert texts(jun_api, tag="snow") == ["#ice #snow"]


def test_editing_without_tags_reads_none(mina: Member, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    post = Post.objects.get(pk=publish(mina, "Snow"))
    with django_assert_num_queries(5):
        post.edit("Ice")
