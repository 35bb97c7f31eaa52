"""Who may do what to whose: every method of every address of v1, for every kind of actor, from the URL table."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Export, LoginSession, Member
from comments.models import Comment
from config.urls import v1
from media.models import Image
from moderation.actions import get_action
from moderation.actors import Actor
from moderation.appeals import appeal
from moderation.reporting import report_member
from notifications.models import Notification
from posts.models import PostShare
from tests.conftest import logged_in
from tests.factories import PASSWORD, CommentFactory, MemberFactory, PostFactory, upload

# Whatever an address or a body names (a member, a post, a session, a picture) is the owner's. "blocked" and "blocker"
# stand on either side of a block with the owner; "suspended" and "withdrawn" still hold a token from before;
# "of suspended" and "of withdrawn" is anybody else, when that is what became of the owner.
ACTORS = (
    "owner", "other", "blocked", "blocker", "suspended", "withdrawn", "anonymous", "of suspended", "of withdrawn",
)  # fmt: skip
TABLE = """
                                          owner other blocked blocker  suspended withdrawn anonymous  of suspended of withdrawn
GET    config                               200   200     200     200        200       200       200           200          200
POST   verification-codes                   202   202     202     202        202       202       202           202          202
POST   verification-codes/confirm           400   400     400     400        400       400       400           400          400
POST   password-resets                      202   202     202     202        202       202       202           202          202
POST   password-resets/confirm              400   400     400     400        400       400       400           400          400
POST   members                              400   400     400     400        400       400       400           400          400
GET    members                              200   200     200     200        401       401       401           200          200
GET    members/<id:member_id>               200   200     404     404        401       401       401           404          404
GET    members/<id:member_id>/followers     200   200     404     404        401       401       401           404          404
GET    members/<id:member_id>/following     200   200     404     404        401       401       401           404          404
GET    sessions                             200   200     200     200        401       401       401           200          200
POST   sessions                             201   201     201     201        201       201       201           401          201
POST   sessions/refresh                     200   200     200     200        200       200       200           401          401
DELETE sessions/current                     204   204     204     204        401       401       401           204          204
POST   sessions/end-others                  204   204     204     204        401       401       401           204          204
DELETE sessions/<id:session_id>             204   404     404     404        401       401       401           404          404
GET    me                                   200   200     200     200        401       401       401           200          200
PATCH  me                                   200   200     200     200        401       401       401           200          200
PUT    me/avatar                            200   400     400     400        401       401       401           400          400
DELETE me/avatar                            204   204     204     204        401       401       401           204          204
POST   me/withdrawal                        204   204     204     204        401       401       401           204          204
GET    me/exports                           200   200     200     200        401       401       401           200          200
POST   me/exports                           200   202     202     202        401       401       401           202          202
GET    me/exports/<id:export_id>            200   404     404     404        401       401       401           404          404
GET    me/exports/<id:export_id>/file       409   404     404     404        401       401       401           404          404
POST   me/withdrawal/code                   202   202     202     202        401       401       401           202          202
POST   me/terms                             204   204     204     204        401       401       401           204          204
POST   me/password                          204   204     204     204        401       401       401           204          204
POST   me/email                             202   202     202     202        401       401       401           202          202
POST   me/email/confirm                     400   400     400     400        401       401       401           400          400
PUT    follows/<id:member_id>               400   204     404     404        401       401       401           404          404
DELETE follows/<id:member_id>               204   204     404     404        401       401       401           404          404
GET    blocks                               200   200     200     200        401       401       401           200          200
PUT    blocks/<id:member_id>                400   204     204     204        401       401       401           204          204
DELETE blocks/<id:member_id>                204   204     204     204        401       401       401           204          204
GET    mutes                                200   200     200     200        401       401       401           200          200
PUT    mutes/<id:member_id>                 400   204     404     404        401       401       401           404          404
DELETE mutes/<id:member_id>                 204   204     204     204        401       401       401           204          204
POST   images                               201   201     201     201        401       401       401           201          201
GET    images/<id:image_id>                 200   404     404     404        401       401       401           404          404
PATCH  images/<id:image_id>                 200   404     404     404        401       401       401           404          404
DELETE images/<id:image_id>                 204   404     404     404        401       401       401           404          404
GET    posts                                200   200     200     200        401       401       401           200          200
POST   posts                                201   400     400     400        401       401       401           400          400
GET    posts/<id:post_id>                   200   200     404     404        401       401       401           404          404
PATCH  posts/<id:post_id>                   200   403     404     404        401       401       401           404          404
DELETE posts/<id:post_id>                   204   403     404     404        401       401       401           404          404
GET    posts/<id:post_id>/comments          200   200     404     404        401       401       401           404          404
POST   posts/<id:post_id>/comments          201   201     404     404        401       401       401           404          404
PUT    posts/<id:post_id>/comments/closure  204   403     404     404        401       401       401           404          404
DELETE posts/<id:post_id>/comments/closure  204   403     404     404        401       401       401           404          404
GET    comments/<id:comment_id>             200   200     404     404        401       401       401           404          404
GET    comments/<id:comment_id>/replies     200   200     404     404        401       401       401           404          404
DELETE comments/<id:comment_id>             204   403     404     404        401       401       401           404          404
GET    reports                              200   200     200     200        401       401       401           200          200
POST   reports                              400   201     201     201        401       401       401           201          201
GET    reports/<id:report_id>               200   404     404     404        401       401       401           404          404
GET    me/decisions                         200   200     200     200        401       401       401           200          200
GET    appeals                              200   200     200     200        401       401       401           200          200
POST   appeals                              409   404     404     404        401       401       401           404          404
GET    appeals/<id:appeal_id>               200   404     404     404        401       401       401           404          404
GET    posts/<id:post_id>/edits             200   403     404     404        401       401       401           404          404
GET    posts/<id:post_id>/share             200   403     404     404        401       401       401           404          404
PUT    posts/<id:post_id>/share             200   403     404     404        401       401       401           404          404
DELETE posts/<id:post_id>/share             204   403     404     404        401       401       401           404          404
GET    posts/<id:post_id>/hearts            200   200     404     404        401       401       401           404          404
GET    hearts                               200   200     200     200        401       401       401           200          200
PUT    hearts/<id:post_id>                  204   204     404     404        401       401       401           404          404
DELETE hearts/<id:post_id>                  204   204     404     404        401       401       401           404          404
GET    saved                                200   200     200     200        401       401       401           200          200
PUT    saved/<id:post_id>                   204   204     404     404        401       401       401           404          404
DELETE saved/<id:post_id>                   204   204     404     404        401       401       401           404          404
GET    notifications                        200   200     200     200        401       401       401           200          200
GET    notifications/unread                 200   200     200     200        401       401       401           200          200
PUT    notifications/seen                   204   404     404     404        401       401       401           404          404
GET    notifications/settings               200   200     200     200        401       401       401           200          200
PATCH  notifications/settings               200   200     200     200        401       401       401           200          200
PUT    push-subscription                    204   204     204     204        401       401       401           204          204
DELETE push-subscription                    204   204     204     204        401       401       401           204          204
GET    push-subscriptions                   200   200     200     200        401       401       401           200          200
POST   me/posts/deletion                    202   202     202     202        401       401       401           202          202
"""  # noqa: E501 - a table is read in rows
JOINING = {"proof": "x", "password": PASSWORD, "name": "x", "nickname": "x", "terms_version": "2026-11-01"}
Cell = tuple[str, str, str, int]


def expected() -> Iterator[Cell]:
    """Method, route, actor and status of every cell."""
    for line in TABLE.strip().splitlines()[1:]:
        method, route, *statuses = line.split()
        yield from ((method, route, actor, int(status)) for actor, status in zip(ACTORS, statuses, strict=True))


def routes(patterns: Any = v1, above: str = "") -> Iterator[tuple[str, dict[str, str]]]:
    """Every address of v1 with its methods."""
    for pattern in patterns:
        route = above + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback.actions  # type: ignore[attr-defined]
        else:
            yield from routes(pattern.url_patterns, route)


# HEAD is GET's shadow.
ROUTES = {route: {method.upper() for method in actions} - {"HEAD"} for route, actions in routes()}
CELLS = list(expected())


def test_every_method_of_every_address_stands_in_the_table() -> None:
    in_table = {(method, route) for method, route, *_ in CELLS}
    assert in_table == {(method, route) for route, methods in ROUTES.items() for method in methods}
    assert len(CELLS) == len(in_table) * len(ACTORS) == 729


class Scene:
    """What the owner has, and the client of somebody who comes near it."""

    def __init__(self, owner: Member) -> None:
        self.owner = owner
        self.pair = logged_in(owner, "tablet").pair  # type: ignore[attr-defined]
        self.post = PostFactory.create(author=owner)
        self.comment = CommentFactory.create(author=owner, post=self.post)
        self.share = PostShare.objects.create(post=self.post)
        self.export, _ = Export.objects.request_export(owner)
        self.image = Image.objects.create(owner=owner, width=8, height=8, bytes=9, stored_at=timezone.now())
        self.report, _ = report_member(owner, MemberFactory.create().pk, reason="spam", text="")
        self.decision = get_action("warn_member").run(owner, by=Actor.operator("root"), reason="spam")
        # Of the decision.
        self.notification = Notification.objects.get(member=owner)
        self.appeal = appeal(owner, self.decision.pk, "It was not me.")

    def client_of(self, actor: str) -> APIClient:
        """The actor's client, after what makes them one."""
        if actor == "anonymous":
            return APIClient(raise_request_exception=False)
        member = self.owner if actor == "owner" else MemberFactory.create()
        client = logged_in(member)
        tomorrow = timezone.now() + timedelta(days=1)
        {
            "blocked": lambda: self.owner.block(member),
            "blocker": lambda: member.block(self.owner),
            "suspended": lambda: member.suspend(tomorrow),
            "withdrawn": member.withdraw,
            "of suspended": lambda: self.owner.suspend(tomorrow),
            "of withdrawn": self.owner.withdraw,
        }.get(actor, lambda: None)()
        return client

    def address(self, route: str) -> str:
        """The route, about what is the owner's."""
        ids: dict[str, Any] = {
            "member": self.owner,
            "post": self.post,
            "image": self.image,
            "session": self.pair.session,
            "export": self.export,
            "report": self.report,
            "comment": self.comment,
            "appeal": self.appeal,
        }
        for name, thing in ids.items():
            route = route.replace(f"<id:{name}_id>", str(thing.pk))
        return f"/api/v1/{route}"

    def body(self, method: str, route: str) -> dict[str, Any]:
        """What the request says; pictures, credentials and tokens in it are the owner's."""
        image_id = str(self.image.pk)
        bodies: dict[str, dict[str, Any]] = {
            "POST verification-codes": {"email": "new@example.com"},
            "POST verification-codes/confirm": {"email": "new@example.com", "code": "aB3dE5gH"},
            "POST members": JOINING,
            "POST sessions": {"email": self.owner.email, "password": PASSWORD},
            "POST sessions/refresh": {"refresh": str(self.pair.refresh)},
            "PATCH me": {"about": "x"},
            "PUT me/avatar": {"image_id": image_id},
            "POST me/withdrawal": {"password": PASSWORD},
            "POST password-resets": {"email": self.owner.email},
            "POST password-resets/confirm": {"email": self.owner.email, "code": "aB3dE5gH", "password": PASSWORD},
            "POST me/terms": {"version": "2026-11-01"},
            "POST me/password": {"current": PASSWORD, "password": PASSWORD},
            "POST me/email": {"email": "new@example.com", "password": PASSWORD},
            "POST me/email/confirm": {"email": "new@example.com", "code": "aB3dE5gH"},
            "POST images": {"image": upload()},
            "PATCH images/<id:image_id>": {"alt": "x"},
            "POST posts": {"image_ids": [image_id]},
            "POST posts/<id:post_id>/comments": {"text": "x", "reply_to": str(self.comment.pk)},
            "POST reports": {"member_id": str(self.owner.pk), "reason": "spam"},
            "POST appeals": {"decision_id": str(self.decision.pk), "text": "x"},
            "GET members": {"search": "Mina"},
            "PUT notifications/seen": {"id": str(self.notification.pk)},
            "PATCH notifications/settings": {"heart": False},
            "PUT push-subscription": {"kind": "token", "address": "a", "previews": True},
            "PATCH posts/<id:post_id>": {"text": "x"},
            "POST me/posts/deletion": {"password": PASSWORD},
        }
        return bodies.get(f"{method} {route}", {})

    def ask(self, client: APIClient, method: str, route: str) -> Any:
        """One request, with the body it needs to get through."""
        kind = "multipart" if route == "images" else "json"
        return getattr(client, method.lower())(self.address(route), self.body(method, route) or None, format=kind)

    def is_untouched(self) -> bool:
        """Whether the owner has what they had."""
        stored = Image.objects.stored().filter(pk=self.image.pk, alt="").unreferenced()
        comments = Comment.objects.filter(author=self.owner, post__comments_closed=False)
        shares = PostShare.objects.filter(token=self.share.token)
        return list(comments) == [self.comment] and stored.exists() and shares.exists()


@pytest.fixture(scope="module")
def made_scene(module_db: None) -> Scene:
    """Made once, because five hundred tests begin with it."""
    return Scene(MemberFactory.create(email="mina@example.com", name="Kim Mina", nickname="Mina"))


@pytest.fixture
def scene(db: None, made_scene: Scene) -> Scene:
    """As it was made, whatever other tests did."""
    return copy.deepcopy(made_scene)


@pytest.fixture
def mina(scene: Scene) -> Member:
    return scene.owner


@pytest.mark.parametrize(("method", "route", "actor", "status"), CELLS, ids=[" ".join(cell[:3]) for cell in CELLS])
def test_everybody_may_do_what_the_table_says_and_no_more(
    scene: Scene, method: str, route: str, actor: str, status: int
) -> None:
    response = scene.ask(scene.client_of(actor), method, route)
    assert response.status_code == status, response.content
    if status >= 400:
        assert scene.is_untouched()
        assert response.headers["Content-Type"] == "application/problem+json"
    if status == 401 and actor in ("suspended", "withdrawn"):
        assert response.json()["code"] == "session_ended"


def test_the_session_of_somebody_else_goes_on(scene: Scene, jun_api: APIClient) -> None:
    scene.ask(jun_api, "DELETE", "sessions/<id:session_id>")
    scene.ask(jun_api, "POST", "sessions/end-others")
    assert LoginSession.objects.live().filter(pk=scene.pair.session.pk).exists()


@pytest.mark.parametrize("route", ROUTES)
def test_an_address_takes_its_own_methods_only_and_names_them(scene: Scene, jun_api: APIClient, route: str) -> None:
    allowed = ROUTES[route] | {"OPTIONS"} | ({"HEAD"} if "GET" in ROUTES[route] else set())
    for method in ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "BREW"):
        if method not in allowed:
            assert jun_api.generic(method, scene.address(route)).status_code == 405
            assert APIClient().generic(method, scene.address(route)).status_code == 405
    options = jun_api.options(scene.address(route))
    assert (options.status_code, options.content) == (204, b"")
    assert set(options.headers["Allow"].split(", ")) == allowed


@pytest.mark.parametrize("route", [route for route, methods in ROUTES.items() if "GET" in methods])
def test_head_answers_as_get_does_without_a_body(scene: Scene, mina_api: APIClient, route: str) -> None:
    get, head = (mina_api.generic(method, scene.address(route)) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]
