"""post/delete and member/delete: what is one's own goes, and nothing else."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import LoginSession, Member
from comments.models import Comment
from posts.models import Post
from tests.android.app import App, LoggedOut, Refused
from tests.android.calls import refusal, request, send_once
from tests.android.conftest import app_of
from tests.conftest import logged_in
from tests.factories import PASSWORD, CommentFactory, MemberFactory, PostFactory, picture_bytes
from tests.project.snapshots import snapshot


def test_ones_own_post_goes_with_its_pictures(
    mina_app: App,
    image_folder: Path,
    settings: Settings,
    run_jobs: Callable[[], None],
) -> None:
    post = mina_app.register_post("Snow", {"a.jpg": picture_bytes(), "b.jpg": picture_bytes()})
    run_jobs()
    answer = send_once(mina_app, request("deletePost", post=post["post_id"]))
    assert (answer.status, answer.body, answer.headers.get("content-length", "0")) == (204, b"", "0")
    assert mina_app.posts() == mina_app.own_posts() == []
    run_jobs()
    assert not [at for at in image_folder.rglob("*") if at.is_file()]
    for url in post["image_urls"]:
        assert Client().get(url.removeprefix(settings.PUBLIC_URL)).status_code == 404


def test_comments_and_replies_of_others_go_with_the_post(mina_app: App) -> None:
    post = mina_app.register_post("Snow", {"a.jpg": picture_bytes()})
    top = CommentFactory.create(post=Post.objects.get())
    CommentFactory.create(post=top.post, parent=top)
    assert send_once(mina_app, request("deletePost", post=post["post_id"])).status == 204
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    "what", ["another's", "a blocked one's", "a blocker's", "a withdrawn one's", "nobody's", "removed"]
)
def test_a_post_that_is_not_ones_own_is_refused_as_if_it_did_not_exist(
    mina_app: App, mina: Member, jun: Member, what: str
) -> None:
    post = PostFactory.create(author=mina if what == "removed" else jun)
    {
        "a blocked one's": lambda: mina.block(jun),
        "a blocker's": lambda: jun.block(mina),
        "a withdrawn one's": jun.withdraw,
        "removed": post.remove,
    }.get(what, lambda: None)()
    before = snapshot()
    sent = request("deletePost", post=7 if what == "nobody's" else post.pk)
    assert refusal("deletePost", send_once(mina_app, sent)) == (400, "POST_004")
    assert snapshot() == before
    assert Post.objects.filter(pk=post.pk).exists()


def test_a_moderator_deletes_no_more_than_others_in_this_api(sora: Member, jun: Member) -> None:
    post = PostFactory.create(author=jun)
    sent = request("deletePost", post=post.pk), request("deleteMember", target=jun.pk)
    data = [
        refusal(call, send_once(app_of(sora), one))
        for call, one in zip(("deletePost", "deleteMember"), sent, strict=True)
    ]
    assert data == [(400, "POST_004"), (403, "MEMBER_005")]
    assert Post.objects.filter(pk=post.pk).exists()
    assert Member.objects.active().filter(pk=jun.pk).exists()


def test_a_post_is_deleted_once_and_a_second_time_keeps_the_login(mina_app: App) -> None:
    post = mina_app.register_post("Snow")
    mina_app.delete_post(post["post_id"])
    with pytest.raises(Refused, match="POST_004"):
        mina_app.delete_post(post["post_id"])
    mina_app.start()


def test_leaving_ends_every_login_at_once_and_hides_the_member(mina_app: App, jun_app: App, mina: Member) -> None:
    mina_app.register_post("Snow", {"a.jpg": picture_bytes()})
    phone, tablet, web = App(mina_app.send, mina_app.session), app_of(mina), logged_in(mina)
    answer = send_once(phone, request("deleteMember", target=mina.pk))
    assert (answer.status, answer.body, answer.headers.get("content-length", "0")) == (204, b"", "0")
    assert refusal("profile", send_once(phone, request("profile", target=mina.pk))) == (401, "AUTH_007")
    assert web.get("/api/v1/me").status_code == 401
    for app in (phone, tablet):
        with pytest.raises(LoggedOut, match="AUTH_007"):
            app.posts()
        assert app.session is None
    assert jun_app.posts() == []
    with pytest.raises(Refused, match="GLOBAL_001"):
        jun_app.profile(mina.pk)
    assert not LoginSession.objects.live().filter(member=mina).exists()


def test_a_phone_that_starts_after_its_account_is_gone_shows_the_login_screen(mina: Member) -> None:
    phone = app_of(mina)
    app_of(mina).delete_account()
    with pytest.raises(LoggedOut, match="GLOBAL_103"):
        phone.start()


def test_leaving_twice_is_the_end_of_the_login_and_no_fault(mina_app: App, mina: Member) -> None:
    session = mina_app.session
    mina_app.delete_account()
    again = App(mina_app.send, session)
    with pytest.raises(LoggedOut, match="AUTH_007"):
        again.delete_account()
    assert Member.objects.get(pk=mina.pk).withdrawn_at


def test_nobody_else_is_touched_when_somebody_leaves(mina_app: App, jun_app: App, jun: Member) -> None:
    others = MemberFactory.create_batch(2)
    posts = [PostFactory.create(author=one) for one in (jun, *others)]
    mina_app.delete_account()
    assert {post["id"] for post in jun_app.posts()} == {post.pk for post in posts}
    assert Member.objects.active().count() == 3


def test_the_app_leaves_whatever_terms_its_member_accepted(mina_app: App, mina: Member) -> None:
    mina.update(terms_version="android-0.0.22")
    mina_app.register_post("Snow")
    mina_app.delete_account()
    assert not Member.objects.active().exists()


def test_whoever_signs_in_within_the_days_of_grace_is_back(mina_app: App) -> None:
    mina_app.register_post("Snow")
    mina_app.delete_account()
    mina_app.login("mina@example.com", PASSWORD)
    assert len(mina_app.own_posts()) == mina_app.profile()["post_size"] == 1
