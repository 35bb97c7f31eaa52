"""Reading only what changed, and changing only what one has read (RFC 9110 13)."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from tests.conftest import logged_in
from tests.project.problems import is_problem
from tests.project.test_ownership import ROUTES, Scene

OWN = "private, no-cache"
TAGGED = {
    "config": "public, max-age=300",
    "me": OWN,
    "members/<id:member_id>": OWN,
    "posts/<id:post_id>": OWN,
    "images/<id:image_id>": OWN,
}
# What is changed, and the read whose ETag it heeds.
GUARDED = {
    ("PATCH", "me"): "me",
    ("PUT", "me/avatar"): "me",
    ("DELETE", "me/avatar"): "me",
    ("PATCH", "images/<id:image_id>"): "images/<id:image_id>",
    ("DELETE", "images/<id:image_id>"): "images/<id:image_id>",
    ("PATCH", "posts/<id:post_id>"): "posts/<id:post_id>",
    ("DELETE", "posts/<id:post_id>"): "posts/<id:post_id>",
}
OPERATIONS = [(method, route) for route, methods in ROUTES.items() for method in sorted(methods)]
STALE = ['"0"', '"0", "1"', "no tag at all", "", 'W/"0"']


@pytest.fixture
def scene(mina: Member) -> Scene:
    return Scene(mina)


def ask(scene: Scene, client: APIClient, method: str, route: str, **headers: str) -> Any:
    """One request about what is Mina's, with conditions."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    body = scene.body(method, route) if method != "GET" else None
    return getattr(client, method.lower())(scene.address(route), body or None, format="json", headers=named)


@pytest.mark.parametrize("route", TAGGED)
def test_what_a_client_has_already_is_not_sent_again(scene: Scene, mina_api: APIClient, route: str) -> None:
    first = ask(scene, mina_api, "GET", route)
    again = ask(scene, mina_api, "GET", route, If_None_Match=first.headers["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    same = ("ETag", "Cache-Control", "Vary", "Content-Length")
    assert [again.headers[name] for name in same] == [first.headers[name] for name in same]
    assert "Content-Type" not in again.headers


@pytest.mark.parametrize("known", ["*", "W/{tag}", '"0", {tag}', ' "0" ,W/{tag}'])
def test_an_etag_is_found_among_others_and_weakened_by_a_proxy(scene: Scene, mina_api: APIClient, known: str) -> None:
    tag = ask(scene, mina_api, "GET", "me").headers["ETag"]
    assert ask(scene, mina_api, "GET", "me", If_None_Match=known.format(tag=tag)).status_code == 304


@pytest.mark.parametrize("known", STALE)
def test_a_client_that_has_something_else_gets_the_whole_answer(scene: Scene, mina_api: APIClient, known: str) -> None:
    answer = ask(scene, mina_api, "GET", "me", If_None_Match=known)
    assert (answer.status_code, answer.json()["nickname"]) == (200, "Mina")


def test_a_read_that_insists_on_an_old_state_is_refused(scene: Scene, mina_api: APIClient) -> None:
    tag = ask(scene, mina_api, "GET", "me").headers["ETag"]
    assert ask(scene, mina_api, "GET", "me", If_Match=tag).status_code == 200
    assert is_problem(ask(scene, mina_api, "GET", "me", If_Match='"0"'), 412, "precondition_failed")


def test_an_etag_changes_with_what_is_read_and_only_then(scene: Scene, mina_api: APIClient, jun: Member) -> None:
    tags = [ask(scene, mina_api, "GET", "members/<id:member_id>").headers["ETag"] for _ in range(2)]
    jun.follow(scene.owner)
    tags += [ask(scene, mina_api, "GET", "members/<id:member_id>").headers["ETag"] for _ in range(2)]
    assert tags[0] == tags[1] != tags[2] == tags[3]


def test_two_readers_of_one_profile_are_told_apart(scene: Scene, mina_api: APIClient, jun: Member) -> None:
    jun.follow(scene.owner)
    route = "members/<id:member_id>"
    of_jun = ask(scene, logged_in(jun), "GET", route).headers["ETag"]
    assert ask(scene, mina_api, "GET", route, If_None_Match=of_jun).status_code == 200


def test_what_one_may_not_see_is_404_whatever_one_has(scene: Scene, mina_api: APIClient, jun: Member) -> None:
    tag = ask(scene, mina_api, "GET", "posts/<id:post_id>").headers["ETag"]
    scene.owner.block(jun)
    for condition in ({"If_None_Match": tag}, {"If_Match": '"0"'}, {"If_Match": "*"}):
        assert is_problem(ask(scene, logged_in(jun), "GET", "posts/<id:post_id>", **condition), 404)
    assert is_problem(ask(scene, logged_in(jun), "DELETE", "posts/<id:post_id>", If_Match='"0"'), 404)


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=map(" ".join, GUARDED))
@pytest.mark.parametrize("stale", STALE)
def test_a_change_of_something_else_than_was_read_is_refused(
    scene: Scene, mina_api: APIClient, method: str, route: str, stale: str
) -> None:
    read = GUARDED[method, route]
    before = ask(scene, mina_api, "GET", read)
    assert is_problem(ask(scene, mina_api, method, route, If_Match=stale), 412, "precondition_failed")
    weakened = f"W/{before.headers['ETag']}"
    assert is_problem(ask(scene, mina_api, method, route, If_Match=weakened), 412, "precondition_failed")
    assert ask(scene, mina_api, "GET", read).content == before.content
    assert scene.is_untouched()


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=map(" ".join, GUARDED))
@pytest.mark.parametrize("expected", ["{tag}", "*", '"0", {tag}'])
def test_a_change_of_what_was_read_goes_through(
    scene: Scene, mina_api: APIClient, method: str, route: str, expected: str
) -> None:
    tag = ask(scene, mina_api, "GET", GUARDED[method, route]).headers["ETag"]
    assert ask(scene, mina_api, method, route, If_Match=expected.format(tag=tag)).status_code in (200, 204)


@pytest.mark.parametrize(("method", "route"), GUARDED, ids=map(" ".join, GUARDED))
def test_a_change_that_wants_nothing_there_finds_something(
    scene: Scene, mina_api: APIClient, method: str, route: str
) -> None:
    assert is_problem(ask(scene, mina_api, method, route, If_None_Match="*"), 412, "precondition_failed")
    assert ask(scene, mina_api, method, route, If_None_Match='"0"').status_code in (200, 204)


@pytest.mark.parametrize("route", ["me", "images/<id:image_id>", "posts/<id:post_id>"])
def test_a_changed_thing_comes_with_the_etag_for_the_next_change(scene: Scene, mina_api: APIClient, route: str) -> None:
    tag = ask(scene, mina_api, "PATCH", route).headers["ETag"]
    assert ask(scene, mina_api, "GET", route).headers["ETag"] == tag
    assert ask(scene, mina_api, "PATCH", route, If_Match=tag).status_code == 200


def test_two_phones_do_not_overwrite_each_other(scene: Scene, mina_api: APIClient) -> None:
    other = logged_in(scene.owner, "tablet")
    tag = ask(scene, mina_api, "GET", "me").headers["ETag"]
    first = other.patch("/api/v1/me", {"about": "first"}, format="json", headers={"If-Match": tag})
    second = mina_api.patch("/api/v1/me", {"about": "second"}, format="json", headers={"If-Match": tag})
    assert (first.status_code, second.status_code) == (200, 412)
    assert mina_api.get("/api/v1/me").json()["about"] == "first"


@pytest.mark.django_db(transaction=True)
def test_of_two_changes_at_once_one_is_let_through(mina: Member, settings: Settings) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("the test database of SQLite lives in one thread")
    clients = [logged_in(mina, f"phone {number}") for number in range(6)]
    tag = clients[0].get("/api/v1/me").headers["ETag"]
    together, statuses = threading.Barrier(len(clients)), []

    def change(client: APIClient) -> None:
        together.wait()
        body = {"about": str(client.pair.session.pk)}  # type: ignore[attr-defined]
        statuses.append(client.patch("/api/v1/me", body, format="json", headers={"If-Match": tag}).status_code)
        connection.close()

    run_all(change, clients)
    assert sorted(statuses) == [200, 412, 412, 412, 412, 412]


def run_all(call: Callable[[Any], None], things: list[Any]) -> None:
    threads = [threading.Thread(target=call, args=(thing,)) for thing in things]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.mark.parametrize(("method", "route"), OPERATIONS, ids=map(" ".join, OPERATIONS))
def test_only_single_reads_may_be_kept_and_tokens_and_lists_never(
    scene: Scene, mina_api: APIClient, method: str, route: str
) -> None:
    answer = scene.ask(mina_api, method, route)
    policy = TAGGED.get(route) if method == "GET" else None
    assert answer.headers["Cache-Control"] == (policy or "no-store")
    assert ("ETag" in answer.headers) == bool(policy or (method == "PATCH" and (method, route) in GUARDED))


@pytest.mark.parametrize("route", TAGGED)
def test_a_refusal_is_never_kept(scene: Scene, jun: Member, api: APIClient, route: str) -> None:
    scene.owner.block(jun)
    refused = [ask(scene, client, "GET", route) for client in (logged_in(jun), api)]
    assert {answer.headers["Cache-Control"] for answer in refused if answer.status_code >= 400} <= {"no-store"}
