"""Posts are found by their words."""

import unicodedata

import pytest
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import Member
from posts.filters import PostFilter
from posts.models import Post
from posts.representations import post_values
from tests.factories import MemberFactory, PostFactory, put
from tests.posts.conftest import Texts
from tests.posts.test_query_counts import explained, indexes

POSTS = "/api/v1/posts"
TEXTS = ["First Snow of the year", "첫눈이 왔어요", "100% sure", "100 percent sure", "under_score", "back\\slash"]


@pytest.fixture
def posts(mina: Member) -> None:
    for text in TEXTS:
        PostFactory.create(author=mina, text=text)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("snow", [TEXTS[0]]),
        ("SNOW OF", [TEXTS[0]]),
        ("  snow ", [TEXTS[0]]),
        ("첫눈이", [TEXTS[1]]),
        (unicodedata.normalize("NFD", "눈이 왔"), [TEXTS[1]]),
        ("100%", [TEXTS[2]]),
        ("100", [TEXTS[3], TEXTS[2]]),
        ("er_s", [TEXTS[4]]),
        ("ck\\s", [TEXTS[5]]),
        ("snow year", []),
        ("%snow%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_search_finds_the_text_as_written_whatever_its_case(
    posts: None, jun_api: APIClient, texts: Texts, words: str, found: list[str]
) -> None:
    assert texts(jun_api, search=words) == found


def test_case_does_not_count_outside_of_english_either(mina: Member, jun_api: APIClient, texts: Texts) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite folds ASCII only; production runs on PostgreSQL")
    for text in ("ÉCOLE", "école", "МОСКВА", "ecole"):
        PostFactory.create(author=mina, text=text)
    assert texts(jun_api, search="École") == ["école", "ÉCOLE"]
    assert texts(jun_api, search="москва") == ["МОСКВА"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("ab", "min_length"),
        ("첫눈", "min_length"),
        (" a ", "min_length"),
        ("!?%_", "min_length"),
        ("a - b", "min_length"),
        ("   ", "blank"),
        ("x" * 101, "max_graphemes"),
    ],
)
def test_a_search_that_is_too_short_or_too_long_is_refused(jun_api: APIClient, words: str, code: str) -> None:
    answer = jun_api.get(POSTS, {"search": words})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("search", code)]


def test_a_search_can_be_combined_with_filters_and_pages(
    posts: None, mina: Member, jun: Member, jun_api: APIClient, texts: Texts
) -> None:
    PostFactory.create(author=jun, text="Not so sure")
    assert texts(jun_api, search="sure", author=mina.pk) == [TEXTS[3], TEXTS[2]]
    assert texts(jun_api, search="sure", ordering="oldest", has_images="false")[0] == TEXTS[2]
    first = jun_api.get(POSTS, {"search": "sure", "limit": "1"}).json()
    assert texts(jun_api, search="sure", cursor=first["next"]) == [TEXTS[3], TEXTS[2]]
    other = jun_api.get(POSTS, {"search": "snow", "cursor": first["next"]})
    assert other.json()["code"] == "invalid_cursor"


def test_a_search_does_not_find_hidden_posts(mina: Member, jun: Member, jun_api: APIClient, texts: Texts) -> None:
    post = PostFactory.create(author=mina, text="a secret")
    assert texts(jun_api, search="secret") == ["a secret"]
    post.remove()
    assert texts(jun_api, search="secret") == []
    post.restore()
    mina.block(jun)
    assert texts(jun_api, search="secret") == []


def test_searching_has_its_own_rate_limit(jun_api: APIClient) -> None:
    answers = [jun_api.get(POSTS, {"search": "snow"}).status_code for _ in range(61)]
    assert (answers[:60], answers[60]) == ([200] * 60, 429)
    assert jun_api.get("/api/v1/members", {"search": "x"}).status_code == 429
    assert jun_api.get(POSTS).status_code == 200


def test_a_rare_word_is_read_from_the_trigram_index(jun: Member) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    writer = MemberFactory.create()
    put(Post(author=writer, text=f"The year has {number} days" * 5) for number in range(10_000))
    with connection.cursor() as cursor:
        # Autovacuum does this elsewhere: new entries wait in a list that the planner does not like.
        cursor.execute("SELECT gin_clean_pending_list('post_text_trigrams')")
        cursor.execute("ANALYZE")
    narrowed = PostFilter({"search": "kindergarten"}, queryset=Post.objects.feed_for(jun)).qs
    assert "post_text_trigrams" in indexes(explained(post_values(narrowed, jun)))
