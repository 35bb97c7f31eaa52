"""Searching members by nickname."""

import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.checks import check_database_locale, folds_unicode_case
from accounts.models import Member
from tests.factories import MemberFactory, put
from tests.posts.test_query_counts import explained, indexes, statements

MEMBERS = "/api/v1/members"


def found(client: APIClient, words: str, **parameters: Any) -> list[str]:
    return [member["nickname"] for member in client.get(MEMBERS, {"search": words} | parameters).json()["results"]]


@pytest.fixture
def searchable_members(db: None) -> None:
    """One after the other, so that the newest comes first."""
    for nickname in ("Annabel", "Hannah", "김채원", "채원", "a_b", "aXb", "100%", "반짝이는 토끼"):
        MemberFactory.create(nickname=nickname)


@pytest.mark.parametrize(
    ("words", "nicknames"),
    [
        ("an", ["Hannah", "Annabel"]),
        ("a", ["aXb", "a_b", "Annabel"]),
        ("토끼", ["반짝이는 토끼"]),
        ("이는토", ["반짝이는 토끼"]),
        ("반짝 이는", ["반짝이는 토끼"]),
        ("ANN", ["Hannah", "Annabel"]),
        ("ANNAH", ["Hannah"]),
        ("채", ["채원"]),
        (unicodedata.normalize("NFD", "김채"), ["김채원"]),
        ("채원", ["채원", "김채원"]),
        ("김채원", ["김채원"]),
        ("a_", ["a_b"]),
        ("a_b", ["a_b"]),
        ("%", []),
        ("100%", ["100%"]),
        ("__%", []),
        ("nobody", []),
    ],
)
def test_a_beginning_is_enough_and_two_letters_are_found_anywhere(
    searchable_members: None, jun_api: APIClient, words: str, nicknames: list[str]
) -> None:
    assert found(jun_api, words) == nicknames


def test_nickname_searches_ignore_case_beyond_ascii(jun_api: APIClient) -> None:
    MemberFactory.create(nickname="Émile")
    assert found(jun_api, "ém") == found(jun_api, "ÉMIL") == ["Émile"]


def test_hidden_members_are_not_found_by_search(mina: Member, jun: Member, jun_api: APIClient) -> None:
    hidings: dict[Callable[[], Any], Callable[[], Any]] = {
        lambda: mina.block(jun): lambda: mina.unblock(jun),
        lambda: jun.block(mina): lambda: jun.unblock(mina),
        lambda: mina.suspend(timezone.now() + timedelta(days=1)): mina.lift,
        mina.withdraw: mina.cancel_withdrawal,
    }
    for hide, show in hidings.items():
        assert found(jun_api, "min") == ["Mina"]
        hide()
        assert found(jun_api, "min") == []
        show()


def test_search_results_are_summaries_in_pages(jun_api: APIClient) -> None:
    members = MemberFactory.create_batch(5, nickname="Same")[::-1]
    first = jun_api.get(MEMBERS, {"search": "same", "limit": "3"}).json()
    assert first["results"][0] == {
        "id": str(members[0].pk),
        "nickname": "Same",
        "avatar": None,
        "viewer": {"following": False, "followed_by": False},
    }
    second = jun_api.get(MEMBERS, {"search": "same", "limit": "3", "cursor": first["next"]}).json()
    assert [member["id"] for member in first["results"] + second["results"]] == [str(member.pk) for member in members]
    other = jun_api.get(MEMBERS, {"search": "sam", "cursor": first["next"]})
    assert other.json()["code"] == "invalid_cursor"


@pytest.mark.parametrize(
    ("query", "code"),
    [("", "required"), ("?search=", "blank"), ("?search=%20", "blank"), (f"?search={'x' * 31}", "max_graphemes")],
)
def test_a_search_without_a_term_is_refused(jun_api: APIClient, query: str, code: str) -> None:
    answer = jun_api.get(MEMBERS + query)
    assert answer.status_code == 400
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("search", code)]


@pytest.mark.parametrize("number", [1, 50])
def test_a_page_of_members_takes_one_statement(jun_api: APIClient, number: int) -> None:
    MemberFactory.create_batch(number, nickname="Same", password=None)
    assert len(statements(lambda: jun_api.get(MEMBERS, {"search": "same", "limit": "50"}))) == 1


@pytest.mark.parametrize(
    ("words", "index"),
    [("q", "member_nickname_prefix"), ("bel99", "member_nickname_search"), ("토끼", "member_nickname_search")],
)
def test_nickname_searches_use_their_indexes(jun: Member, words: str, index: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("plans are those of PostgreSQL, which production runs on")
    put(Member(email=f"{number}@example.com", name="x", nickname=f"Annabel{number}") for number in range(5_000))
    with connection.cursor() as cursor:
        # Autovacuum does this elsewhere: new entries wait in a list that the planner does not like.
        cursor.execute("SELECT gin_clean_pending_list('member_nickname_search')")
        cursor.execute("ANALYZE")
    members: QuerySet[Any] = Member.objects.visible_to(jun).search_nickname(words)
    assert index in indexes(explained(members))


@pytest.fixture
def ascii_database(db: None) -> Iterator[Any]:
    """A database beside ours whose locale knows ASCII only."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no locale")
    beside = connection.copy("ascii")
    beside.settings_dict["NAME"] += "_ascii"
    name = connection.ops.quote_name(beside.settings_dict["NAME"])
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        yield beside
        beside.close()
        cursor.execute(f"DROP DATABASE {name}")


def test_a_database_that_cannot_fold_emails_is_refused(ascii_database: Any) -> None:
    assert folds_unicode_case(connection)
    assert not folds_unicode_case(ascii_database)
    assert check_database_locale(None, ["default"]) == []


def test_the_locale_of_sqlite_is_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.checks.connections", {"default": SimpleNamespace(vendor="sqlite")})
    assert check_database_locale(None, ["default"]) == []
    assert check_database_locale(None, None) == []
