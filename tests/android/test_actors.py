"""Whoever a request says that it comes from: the token knows better, in every call that names a member."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import Block, Member
from moderation.models import Report
from posts.models import Post
from tests.android.app import App
from tests.android.calls import LISTS, PAGE, form, query, refusal, request, send_once
from tests.android.okhttp import Request, posted
from tests.factories import MemberFactory, PostFactory
from tests.project.snapshots import snapshot

HUGE = 2**63
StatusAndCode = tuple[int, str]
BROKEN: StatusAndCode = (400, "GLOBAL_002")
# In an address what is no number of a member is an address that is not there.
NOWHERE: StatusAndCode = (404, "GLOBAL_001")

Say = Callable[[Any], Request]
# The field of each call that names the actor.
ACTORS: dict[str, Say] = {
    "uploadAvatar": lambda value: form("uploadAvatar", member_id=[value]),
    "registerPost": lambda value: form("registerPost", member_id=[value], content=["Snow"]),
    "getBlockingMembers": lambda value: query("member/getBlockingMembers", member_id=value),
    "posts": lambda value: query("post/posts", member_id=value, **PAGE),
    "block": lambda value: posted("/member/block", {"member_id": value, "target_id": 7}),
    "unblock": lambda value: posted("/member/unblock", {"member_id": value, "target_id": 7}),
    "report": lambda value: posted("/member/report", {"member_id": value, "target_id": 7}),
    "deleteMember": lambda value: Request("DELETE", f"/member/delete/{value}"),
}
NOT_IN_THE_ADDRESS = [call for call in ACTORS if call != "deleteMember"]
FOREIGN: dict[str, StatusAndCode] = {
    "uploadAvatar": (403, "GLOBAL_002"),
    "registerPost": (403, "POST_000"),
    "getBlockingMembers": (403, "MEMBER_005"),
    "posts": (403, "GLOBAL_002"),
    "block": (403, "MEMBER_005"),
    "unblock": (403, "MEMBER_005"),
    "report": (403, "GLOBAL_002"),
    "deleteMember": (403, "MEMBER_005"),
}
NO_NUMBERS: dict[str, Any] = {
    "zero": 0,
    "negative": -7,
    "huge": HUGE,
    "far beyond": "9" * 400,
    "a fraction": "7.0",
    "an exponent": "7e0",
    "text": "mina",
    "nothing": "",
    "a space": " 7",
    "a sign": "+7",
    "digits of another script": "٧",
    "a null byte": "7\0",
    "SQL": "7 OR 1=1",
}
# What JSON can say besides.
NO_JSON_NUMBERS: dict[str, Any] = {
    "null": None, "true": True, "a fraction, bare": 7.5, "a whole fraction": 7.0, "a list": [7], "an object": {"id": 7},
    "far beyond, bare": 10**400, "huge, bare": HUGE,
}  # fmt: skip
JSON = ("block", "unblock", "report")
REFUSED = [(call, value) for call in ACTORS for value in NO_NUMBERS] + [
    (call, value) for call in JSON for value in NO_JSON_NUMBERS
]


@pytest.fixture
def things(mina: Member, jun: Member, jun_app: App) -> Post:
    """What there is to spoil: Jun's post, block, follow and report."""
    other = MemberFactory.create()
    jun.follow(mina)
    jun_app.block(other.pk)
    jun_app.report(other.pk)
    return PostFactory.create(author=jun)


@pytest.mark.parametrize("call", ACTORS)
def test_nobody_acts_in_the_name_of_another(mina_app: App, jun: Member, things: Post, call: str) -> None:
    withdrawn = MemberFactory.create()
    withdrawn.withdraw()
    before = snapshot()
    for foreign in (jun.pk, withdrawn.pk, 1, 2**63 - 1):
        assert refusal(call, send_once(mina_app, ACTORS[call](foreign))) == FOREIGN[call]
    assert snapshot() == before
    assert Member.objects.active().filter(pk=jun.pk).exists()


@pytest.mark.parametrize(("call", "name"), REFUSED)
def test_an_actor_that_is_no_number_is_refused_and_leaves_nothing_behind(
    mina_app: App, things: Post, call: str, name: str
) -> None:
    value = NO_NUMBERS.get(name, NO_JSON_NUMBERS.get(name))
    if call == "deleteMember":
        value = str(value).replace(" ", "%20").replace("\0", "%00").replace("٧", "%D9%A7")
    before = snapshot()
    data = refusal(call, send_once(mina_app, ACTORS[call](value)))
    assert data == (NOWHERE if call == "deleteMember" else BROKEN)
    assert snapshot() == before


@pytest.mark.parametrize("call", NOT_IN_THE_ADDRESS)
def test_a_request_without_an_actor_is_refused(mina_app: App, things: Post, call: str) -> None:
    without = {
        "uploadAvatar": form("uploadAvatar"),
        "registerPost": form("registerPost", content=["Snow"]),
        "getBlockingMembers": Request("GET", "/member/getBlockingMembers"),
        "posts": query("post/posts", **PAGE),
    }
    before = snapshot()
    sent = without.get(call) or posted(f"/{LISTS[call]}", {"target_id": 7})
    assert refusal(call, send_once(mina_app, sent)) == BROKEN
    assert snapshot() == before


@pytest.mark.parametrize("call", NOT_IN_THE_ADDRESS)
@pytest.mark.parametrize("turned", [False, True])
def test_a_request_of_two_actors_is_refused_even_when_one_of_them_is_true(
    mina_app: App, mina: Member, jun: Member, things: Post, call: str, turned: bool
) -> None:
    first, second = (jun.pk, mina.pk) if turned else (mina.pk, jun.pk)
    twice: dict[str, Callable[[], Request]] = {
        "uploadAvatar": lambda: form("uploadAvatar", member_id=[first, second]),
        "registerPost": lambda: form("registerPost", member_id=[first, second], content=["Snow"]),
        "getBlockingMembers": lambda: query("member/getBlockingMembers", member_id=[first, second]),
        "posts": lambda: query("post/posts", member_id=[first, second], **PAGE),
    }
    body = f'{{"member_id":{first},"member_id":{second},"target_id":{jun.pk}}}'
    as_json = Request("POST", f"/{LISTS[call]}", body.encode(), "application/json; charset=UTF-8")
    before = snapshot()
    assert refusal(call, send_once(mina_app, twice[call]() if call in twice else as_json)) == BROKEN
    assert snapshot() == before


@pytest.mark.parametrize("call", [*ACTORS, "profile", "memberPosts"])
@pytest.mark.parametrize("as_text", [False, True])
def test_ones_own_id_is_accepted_as_a_number_and_as_text(
    mina_app: App, mina: Member, jun: Member, call: str, as_text: bool
) -> None:
    own = str(mina.pk) if as_text else mina.pk
    target_id = own if call in ("deleteMember", "profile", "memberPosts") else jun.pk
    assert send_once(mina_app, request(call, actor=own, target=target_id)).is_good


def test_an_actor_in_another_place_than_the_calls_own_counts_for_nothing(
    mina_app: App, mina: Member, jun: Member
) -> None:
    pair = {"member_id": mina.pk, "target_id": jun.pk, "blocker": jun.pk, "reporter_id": jun.pk, "id": jun.pk}
    assert refusal("block", send_once(mina_app, posted(f"/member/block?member_id={jun.pk}", pair))) == BROKEN
    assert send_once(mina_app, posted("/member/block", pair)).is_good
    assert send_once(mina_app, posted("/member/report", pair)).is_good
    assert (Block.objects.get().blocker_id, Report.objects.get().reporter_id) == (mina.pk, mina.pk)
    texts: dict[str, list[Any]] = {
        "member_id": [mina.pk],
        "content": ["Snow"],
        "writer_id": [jun.pk],
        "author": [jun.pk],
        "id": [7],
    }
    assert send_once(mina_app, form("registerPost", **texts)).json()["writer_id"] == mina.pk


TARGETS: dict[str, StatusAndCode] = {"block": (400, "MEMBER_005"), "unblock": (400, "MEMBER_005"), "report": BROKEN}


def test_a_profile_of_two_members_is_refused(mina_app: App, mina: Member, jun: Member) -> None:
    sent = query("member/profile", member_id=[mina.pk, jun.pk])
    assert refusal("profile", send_once(mina_app, sent)) == BROKEN


@pytest.mark.parametrize("call", TARGETS)
def test_a_target_that_nobody_is_leaves_nothing_behind(mina_app: App, mina: Member, call: str) -> None:
    before = snapshot()
    for nobody in (1, 2**63 - 1):
        answer = send_once(mina_app, request(call, actor=mina.pk, target=nobody))
        # Blocks succeed for everybody, so that nobody learns from them who is gone and who blocks them.
        assert answer.status == 200 if call in ("block", "unblock") else refusal(call, answer) == TARGETS[call]
    for broken in [*NO_NUMBERS.values(), *NO_JSON_NUMBERS.values()]:
        assert refusal(call, send_once(mina_app, request(call, actor=mina.pk, target=broken))) == BROKEN
    assert refusal(call, send_once(mina_app, posted(f"/member/{call}", {"member_id": mina.pk}))) == BROKEN
    assert snapshot() == before


@pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
def test_a_profile_of_what_is_no_number_is_refused(mina_app: App, value: Any) -> None:
    before = snapshot()
    assert refusal("profile", send_once(mina_app, query("member/profile", member_id=value))) == BROKEN
    assert snapshot() == before


@pytest.mark.parametrize("value", [0, -7, HUGE, "9" * 400, "mina", "", "7.0", "%20", "%D9%A7", "7%00", "7/"])
def test_posts_of_what_is_no_number_are_nowhere(mina_app: App, value: Any) -> None:
    assert refusal("memberPosts", send_once(mina_app, query(f"post/posts/{value}", **PAGE))) == NOWHERE
