"""Status and code of each of the app's calls, for every kind of actor."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Block, Member
from moderation.models import Report
from posts.models import Post
from tests.android.app import App
from tests.android.calls import LISTS, refusal, request, send_once
from tests.android.conftest import app_of
from tests.android.okhttp import Request, in_process, posted
from tests.factories import PASSWORD, MemberFactory, PostFactory
from tests.project.snapshots import snapshot

# The actor names themselves truly; the member or the post that a call is about is the owner's. "blocked" and "blocker"
# stand on either side of a block with the owner; "suspended" and "withdrawn" still hold a token from before;
# "of suspended" and "of withdrawn" is anybody else, when that is what became of the owner.
ACTORS = (
    "owner", "other", "blocked", "blocker", "suspended", "withdrawn", "anonymous", "of suspended", "of withdrawn",
)  # fmt: skip
TABLE = """
                       owner other blocked blocker suspended withdrawn anonymous of_suspended of_withdrawn
emailVerificationCode    202   202     202     202       202       202       202          202          202
confirmVerificationCode   A3    A3      A3      A3        A3        A3        A3           A3           A3
join                      G6    G6      G6      G6        G6        G6        G6           G6           G6
login                    200   200     200     200       200       200       200           A6          200
verifyAccessToken        200   200     200     200        TT        TT        TT          200          200
reissueToken             200   200     200     200       200       200       200           A7           A7
logout                   200   200     200     200       A10       A10       A10          200          200
uploadAvatar             201   201     201     201        A7        A7        A7          201          201
profile                  200   200      G1      G1        A7        A7        A7           G1           G1
block                     M5   200     200      M6        A7        A7        A7           200          200
unblock                  200   200     200     200        A7        A7        A7           200          200
getBlockingMembers       200   200     200     200        A7        A7        A7          200          200
report                    G2   200     200     200        A7        A7        A7          200          200
deleteMember             204   M5F     M5F     M5F        A7        A7        A7          M5F          M5F
registerPost             201   201     201     201        A7        A7        A7          201          201
posts                    200   200     200     200        A7        A7        A7          200          200
memberPosts              200   200     200     200        A7        A7        A7          200          200
deletePost               204    P4      P4      P4        A7        A7        A7           P4           P4
"""
TOLD = {
    "A3": (401, "AUTH_003"),
    "A6": (400, "AUTH_006"),
    "A7": (401, "AUTH_007"),
    "A10": (401, "AUTH_010"),
    "G1": (404, "GLOBAL_001"),
    "G2": (400, "GLOBAL_002"),
    "G6": (400, "GLOBAL_006"),
    "TT": (400, "GLOBAL_103"),
    "M5": (400, "MEMBER_005"),
    "M5F": (403, "MEMBER_005"),
    "M6": (400, "MEMBER_006"),
    "P4": (400, "POST_004"),
}


def cells() -> Iterator[tuple[str, str, str]]:
    """Call, actor and what they hear, of every cell."""
    for line in TABLE.strip().splitlines()[1:]:
        call, *expected = line.split()
        yield from ((call, actor, one) for actor, one in zip(ACTORS, expected, strict=True))


CELLS = list(cells())


def test_every_call_stands_in_the_table() -> None:
    assert {call for call, *_ in CELLS} == LISTS.keys()
    assert len(CELLS) == len(LISTS) * len(ACTORS) == 162


class Scene:
    """What the owner has, and the phone of somebody who comes near it."""

    def __init__(self, owner: Member) -> None:
        self.owner = owner
        self.tablet = app_of(owner)
        self.post = PostFactory.create(author=owner)

    def app_of(self, actor: str) -> App:
        """The actor's phone, after what makes them one."""
        member = self.owner if actor == "owner" else MemberFactory.create()
        app = App(in_process(), app_of(member).session)
        tomorrow = timezone.now() + timedelta(days=1)
        {
            "anonymous": lambda: setattr(app.session, "access", ""),
            "blocked": lambda: self.owner.block(member),
            "blocker": lambda: member.block(self.owner),
            "suspended": lambda: member.suspend(tomorrow),
            "withdrawn": member.withdraw,
            "of suspended": lambda: self.owner.suspend(tomorrow),
            "of withdrawn": self.owner.withdraw,
        }.get(actor, lambda: None)()
        return app

    def request(self, call: str, app: App) -> Request:
        """The call; credentials and the refresh token in it are the owner's."""
        assert app.session
        assert self.tablet.session
        new, joining = {"email": "new@example.com"}, {"name": "x", "nickname": "x", "password": "Secret#1234"}
        code = {"verification_code": "aB3dE5gH"}
        refresh = {"member_id": self.owner.pk, "refresh_token": self.tablet.session.refresh}
        public: dict[str, Request] = {
            "emailVerificationCode": posted("/auth/emailVerificationCode", new),
            "confirmVerificationCode": posted("/auth/confirmVerificationCode", new | code),
            "join": posted("/auth/join", new | joining),
            "login": posted("/auth/login", {"email": self.owner.email, "password": PASSWORD}),
            "verifyAccessToken": Request("GET", "/auth/verifyAccessToken"),
            "reissueToken": posted("/auth/reissueToken", refresh),
            "logout": Request("POST", "/auth/logout"),
        }
        about = {"actor": app.session.member_id, "target": self.owner.pk, "post": self.post.pk}
        return public.get(call) or request(call, **about)


@pytest.fixture
def scene(mina: Member) -> Scene:
    return Scene(mina)


@pytest.mark.parametrize(("call", "actor", "expected"), CELLS, ids=[" ".join(cell[:2]) for cell in CELLS])
def test_everybody_gets_what_the_table_says_and_does_no_more(
    scene: Scene, call: str, actor: str, expected: str
) -> None:
    app = scene.app_of(actor)
    before = snapshot()
    answer = send_once(app, scene.request(call, app))
    if expected.isdigit():
        assert answer.status == int(expected), answer
        assert answer.body == b"" if answer.status == 204 else answer.json()
    else:
        assert refusal(call, answer) == TOLD[expected]
        # A wrong code or password is counted, and a join before the confirmation is recorded.
        assert call in ("confirmVerificationCode", "join", "login") or snapshot() == before
    assert Post.objects.filter(pk=scene.post.pk).exists() == ((call, actor) != ("deletePost", "owner"))
    if not actor.startswith("of "):
        standing = Member.objects.active().filter(pk=scene.owner.pk)
        assert standing.exists() == ((call, actor) != ("deleteMember", "owner"))


@pytest.mark.parametrize("actor", ["blocked", "blocker"])
def test_whoever_is_parted_from_a_member_finds_nothing_of_them(scene: Scene, actor: str) -> None:
    app, other = scene.app_of(actor), PostFactory.create()
    assert [post["id"] for post in app.posts()] == [other.pk]
    assert send_once(app, request("memberPosts", target=scene.owner.pk)).json() == {"size": 0, "posts": []}
    assert scene.tablet.posts()[0]["id"] == other.pk
    assert [post["id"] for post in scene.tablet.own_posts()] == [scene.post.pk]


@pytest.mark.parametrize("what", ["suspended", "withdrawn"])
def test_nobody_finds_anything_of_a_member_who_does_not_stand(scene: Scene, jun_app: App, what: str) -> None:
    jun_app.block(scene.owner.pk)
    assert jun_app.blocking()["size"] == 1
    other = scene.app_of(f"of {what}")
    assert other.posts() == []
    assert send_once(other, request("memberPosts", target=scene.owner.pk)).json() == {"size": 0, "posts": []}
    # The list shows members as they were when they were blocked, whatever has become of them.
    assert jun_app.blocking()["size"] == 1


def test_what_was_refused_to_a_blocked_member_did_not_happen(scene: Scene) -> None:
    app = scene.app_of("blocked")
    for call in ("profile", "deleteMember", "deletePost"):
        refusal(call, send_once(app, scene.request(call, app)))
    assert Member.objects.active().filter(pk=scene.owner.pk).exists()
    assert scene.tablet.profile()["post_size"] == 1
    assert (Block.objects.count(), Report.objects.count()) == (1, 0)
