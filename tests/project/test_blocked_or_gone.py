"""No response tells a member who was blocked from one whose target withdrew, is suspended, or is erased."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Member
from tests.accounts.exports import download, read_json, request_export
from tests.accounts.phone import Phone
from tests.android.calls import request, send_once
from tests.android.conftest import app_of
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import CommentFactory, MemberFactory, PostFactory, store_images, upload

pytestmark = pytest.mark.django_db

FATES: dict[str, Callable[[Member, Member], Any]] = {
    "blocks me": lambda member, viewer: member.block(viewer),
    "withdrawn": lambda member, viewer: member.withdraw(),
    "suspended": lambda member, viewer: member.suspend(timezone.now() + timedelta(days=1)),
    "erased": lambda member, viewer: erase(member),
}
# The status for who is hidden, then for who is erased: nothing of them is left that could be reported or listed.
# Requests of the app are written as `app` and the name of the call.
ALIKE = """
GET    members/{member}                      404 404
GET    members/{member}/followers            404 404
GET    members/{member}/following?cursor=x   404 404
PUT    follows/{member}                      404 404
DELETE follows/{member}                      404 404
GET    posts/{post}                          404 404
PATCH  posts/{post}                          404 404
DELETE posts/{post}                          404 404
GET    posts/{post}/edits                    404 404
GET    posts/{post}/comments                 404 404
POST   posts/{post}/comments                 404 404
PUT    posts/{post}/comments/closure         404 404
GET    posts/{post}/share                    404 404
PUT    posts/{post}/share                    404 404
DELETE posts/{post}/share                    404 404
GET    comments/{comment}                    404 404
GET    comments/{comment}/replies            404 404
DELETE comments/{comment}                    404 404
GET    posts/{other}/comments                200 200
GET    posts?author={member}                 200 200
GET    posts?author={member}&following=true  200 200
GET    posts?search=By {nickname}            200 200
GET    members?search={nickname}             200 200
PUT    blocks/{member}                       204 204
PUT    blocks/{member}                       204 204
DELETE blocks/{member}                       204 204
DELETE blocks/{member}                       204 204
POST   reports?member                        201 404
POST   reports?post                          201 404
POST   reports?comment                       201 404
app    profile                               404 404
app    block                                 200 200
app    unblock                               200 200
app    memberPosts                           200 200
app    deletePost                            400 400
app    report                                200 400
"""
ROWS = [(line[:45].strip(), int(line[45:48]), int(line[49:])) for line in ALIKE.strip().splitlines()]
# What differs between any two responses: here `id` is that of a report.
OF_EACH_RESPONSE = r'"(id|request_id|created_at)": ?"[^"]*"'
LISTS = ["posts", "posts?following=true", "members?search=hidden", "posts?search=hidden"]


class Scene:
    """Jun, and a member for each fate whom he follows and who follows him; and one id that never was."""

    def __init__(self, viewer: Member) -> None:
        self.viewer, self.phone, self.app = viewer, Phone.of(viewer), app_of(viewer)
        # Somebody else's, on which all of them have commented.
        self.other = PostFactory.create()
        self.members = {fate: MemberFactory.create(nickname=f"hidden {fate}") for fate in FATES}
        nobody = {"other": self.other.pk}
        self.names = {
            "never was": nobody | {"member": 4711, "post": 4712, "comment": 4713, "nickname": "hidden nobody"}
        }
        for fate, member in self.members.items():
            member.follow(viewer), viewer.follow(member)
            post = PostFactory.create(author=member, text=f"By {member.nickname}")
            comment = CommentFactory.create(author=member, post=self.other)
            names = {"member": member.pk, "post": post.pk, "comment": comment.pk, "nickname": member.nickname}
            self.names[fate] = names | {"other": self.other.pk}

    def hide(self) -> None:
        for fate, member in self.members.items():
            FATES[fate](member, self.viewer)

    def response_about(self, fate: str, line: str) -> tuple[int, str]:
        """Status and body, without what is of this fate only."""
        names = self.names[fate]
        method, path = line.format(**names).split(maxsplit=1)
        if method == "app":
            answer = send_once(
                self.app, request(path, actor=self.viewer.pk, target=names["member"], post=names["post"])
            )
            return answer.status, self.without(names, answer.body.decode())
        body: dict[str, Any] = {"PATCH": {"text": "x"}}.get(method, {})
        if method == "POST":
            path, _, named = path.partition("?")
            body = {f"{named}_id": str(names[named]), "reason": "spam"} if named else {"text": "x"}
        answer = self.phone.request(method, path, body or None)
        return answer.status_code, self.without(names, answer.content.decode())

    def without(self, names: dict[str, Any], body: str) -> str:
        for name, value in names.items():
            body = body.replace(str(value), name)
        return re.sub(OF_EACH_RESPONSE, "", body)

    def blocks(self) -> tuple[Any, Any]:
        """The list of blocks in both APIs, the erased member left out."""
        v1 = self.phone.get("blocks").json()["results"]
        app = send_once(self.app, request("getBlockingMembers", actor=self.viewer.pk)).json()["members"]
        erased = self.names["erased"]["nickname"]
        return (
            [row for row in v1 if row["member"]["nickname"] != erased],
            [row for row in app if row["nickname"] != erased],
        )


@pytest.fixture
def scene(jun: Member) -> Scene:
    return Scene(jun)


def test_who_blocks_is_answered_like_who_is_gone(scene: Scene) -> None:
    scene.hide()
    for line, hidden, gone in ROWS:
        responses = {fate: scene.response_about(fate, line) for fate in scene.names}
        statuses = {fate: status for fate, (status, _) in responses.items()}
        assert statuses == dict.fromkeys(FATES, hidden) | {"erased": gone, "never was": gone}, line
        assert len({body for _, body in responses.values()}) == 1 + (hidden != gone), line


@pytest.mark.parametrize("when", ["before", "after"])
def test_the_list_of_blocks_is_the_same_whatever_became_of_them(scene: Scene, jun: Member, when: str) -> None:
    for member in scene.members.values():
        member.set_avatar(store_images([upload()], owner=member)[0].pk)
    scene.hide() if when == "before" else None
    assert {scene.response_about(fate, "PUT blocks/{member}") for fate in scene.names} == {(204, "")}
    listed = scene.blocks()
    scene.hide() if when == "after" else None
    scene.members["blocks me"].update(nickname="Somebody new")
    scene.members["blocks me"].remove_avatar()
    assert scene.blocks() == listed
    for rows, avatar in zip(listed, ("avatar", "avatar_url"), strict=True):
        members = [row.get("member", row) for row in rows]
        assert {(member["nickname"], member[avatar]) for member in members} == {
            (f"hidden {fate}", None) for fate in FATES if fate != "erased"
        }


def test_the_export_lists_the_same_blocks(scene: Scene, jun: Member, run_jobs: Callable[[], None]) -> None:
    for fate in scene.members:
        scene.response_about(fate, "PUT blocks/{member}")
    scene.hide()
    api = logged_in(jun)
    url = request_export(api)
    run_jobs()
    archive = download(api, url)
    listed = [row["member"]["nickname"] for row in scene.blocks()[0]]
    assert sorted(row["member"]["nickname"] for row in read_json(archive, "blocks")) == sorted(listed)
    assert [read_json(archive, name) for name in ("following", "followers")] == [[], []]


def test_no_list_or_count_has_anybody_who_is_hidden(scene: Scene, jun: Member, sora: Member) -> None:
    for member in (*scene.members.values(), jun):
        member.follow(sora), sora.follow(member)
    scene.hide()
    lists = [*LISTS, *(f"members/{pk}/{name}" for pk in (jun.pk, sora.pk) for name in ("followers", "following"))]
    for path in lists:
        assert "hidden" not in scene.phone.get(path).content.decode(), path
    assert scene.phone.get(f"members/{sora.pk}").json()["counts"] == {"followers": 1, "following": 1, "posts": 0}
    assert scene.phone.get("me").json()["counts"] == {"followers": 1, "following": 1, "posts": 0}
    scene.other.erase()
    assert send_once(scene.app, request("posts", actor=jun.pk)).json() == {"size": 0, "posts": []}
