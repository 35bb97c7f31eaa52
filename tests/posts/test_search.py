"""Posts are found by their words."""

import sys
import unicodedata

import pytest
import regex
from django.db import connection
from rest_framework.test import APIClient

from accounts.models import Member
from libs.text_search import IGNORED
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
        ("of the", [TEXTS[0]]),
        ("첫눈", [TEXTS[1]]),
        ("어요", [TEXTS[1]]),
        ("snow year", []),
        ("%snow%", []),
        ("' OR 1=1 --", []),
    ],
)
def test_a_search_finds_the_text_as_written_whatever_its_case(
    posts: None, jun_api: APIClient, texts: Texts, words: str, found: list[str]
) -> None:
    assert texts(jun_api, search=words) == found


SAME_WORDS = {
    "two syllables": ("오늘 커피 한 잔", "커피"),
    "two syllables within a word": ("아이스커피", "커피"),
    "typed without the space": ("오늘 커피 한 잔", "커피한"),
    "typed with a space": ("바닷가산책로", "바닷가 산책로"),
    "spaces of other kinds": ("커피\u3000한\n\n잔\xa0더", "커피 한 잔 더"),
    "stored taken apart": (unicodedata.normalize("NFD", "바닷가 산책로"), "산책"),
    "typed taken apart": ("Crème brûlée", unicodedata.normalize("NFD", "brûlée")),
    "invisible characters": ("토\u200b끼\u00ad굴", "토끼\u2060굴"),
    "full-width letters": ("ＳＮＳ에서 봤어요", "sns에서"),
    "letters of mathematics": ("𝓗𝓮𝓵𝓵𝓸", "hello"),
    "quotation marks of a phone": ("I don’t know", "don't"),
    "hyphens": ("Jean‑Luc", "jean-luc"),
    "laughter": ("재밌다 ㅋㅋㅋㅠㅠ", "ㅋㅠ"),
    "tears after laughter": ("재밌다 ㅋㅋㅋㅠㅠ", "ㅠㅠ"),
    "a red heart with and without its variation": ("내 ❤️ 최고", "내❤최고"),
}


@pytest.mark.parametrize(("text", "words"), SAME_WORDS.values(), ids=SAME_WORDS)
def test_what_people_see_as_the_same_words_is_found(
    mina: Member, jun_api: APIClient, texts: Texts, text: str, words: str
) -> None:
    PostFactory.create(author=mina, text="something else")
    PostFactory.create(author=mina, text=text)
    assert texts(jun_api, search=words) == [text]


@pytest.mark.parametrize(
    ("text", "words"), [("ㅋㅜ", "쿠"), ("aab", "abb"), ("ab", "aabb"), ("커 ", "커피"), ("100", "1%0")]
)
def test_other_words_are_not_found(mina: Member, jun_api: APIClient, texts: Texts, text: str, words: str) -> None:
    PostFactory.create(author=mina, text=text)
    assert texts(jun_api, search=f"{words}{words}") == texts(jun_api, search=f"{text}{words}") == []


def test_case_does_not_count_outside_of_english_either(mina: Member, jun_api: APIClient, texts: Texts) -> None:
    for text in ("ÉCOLE", "école", "МОСКВА", "ecole"):
        PostFactory.create(author=mina, text=text)
    assert texts(jun_api, search="École") == ["école", "ÉCOLE"]
    assert texts(jun_api, search="москва") == ["МОСКВА"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("눈", "min_length"),
        (" a ", "min_length"),
        ("!?%_", "min_length"),
        ("a - ?", "min_length"),
        ("e\u0301", "min_length"),
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


@pytest.mark.parametrize("words", ["kindergarten", "커피", "q9"])
def test_a_rare_word_is_read_from_the_index(jun: Member, words: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production uses")
    writer = MemberFactory.create()
    put(Post(author=writer, text=f"The year has {number} days" * 5) for number in range(10_000))
    with connection.cursor() as cursor:
        # Autovacuum does this elsewhere: new entries wait in a list that the planner does not like.
        cursor.execute("SELECT gin_clean_pending_list('post_text_search')")
        cursor.execute("ANALYZE")
    narrowed = PostFilter({"search": words}, queryset=Post.objects.feed_for(jun)).qs
    assert "post_text_search" in indexes(explained(post_values(narrowed, jun)))


def test_ignored_characters_are_those_that_unicode_calls_ignorable_or_white_space() -> None:
    ignorable = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{White_Space}\u2800]")
    ignored = regex.compile(IGNORED)
    characters = [chr(code) for code in range(sys.maxunicode + 1)]
    assert [c for c in characters if ignorable.match(c)] == [c for c in characters if ignored.match(c)]
