"""Each call once."""

from accounts.models import Member
from tests.android.app import App
from tests.android.conftest import CodeFor
from tests.factories import picture_bytes

PASSWORD = "Secret#1234"


def test_a_stranger_joins_signs_in_and_starts_the_app(app: App, code_for: CodeFor) -> None:
    code = code_for("new@example.com")
    app.confirm_code("new@example.com", code)
    app.join("new@example.com", PASSWORD)
    app.login("new@example.com", PASSWORD)
    app.start()
    app.logout()


def test_each_call_of_a_member_is_answered_as_the_app_expects(mina_app: App, jun: Member) -> None:
    picture = picture_bytes()
    mina_app.upload_avatar(picture)
    post = mina_app.register_post(" first\r\nsnow <3 ", {"눈.jpg": picture, "b.png": picture})
    assert len(post["image_urls"]) == 2
    assert post["content"] == " first\r\nsnow <3 "
    assert mina_app.posts()[0]["id"] == post["post_id"]
    assert mina_app.own_posts()[0]["avatar_url"]
    assert mina_app.posts(1) == []
    mina_app.block(jun.pk)
    assert mina_app.blocking()["size"] == 1
    mina_app.unblock(jun.pk)
    mina_app.report(jun.pk)
    assert mina_app.profile()["post_size"] == 1
    assert mina_app.profile(jun.pk)["email"] == "j***@example.com"
    mina_app.delete_post(post["post_id"])
    mina_app.delete_account()
