"""The page of a shared post in a real browser, under the Content-Security-Policy."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from media.models import Image
from posts.models import Post, PostShare

pytestmark = [pytest.mark.one_leg, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_stranger_sees_all_images_and_the_policy_is_kept(
    live_server: LiveServer, page: Page, settings: Settings, mina: Member, illustrated: Callable[..., Post],
    store_image: Callable[..., Image], run_jobs: Callable[[], None],
) -> None:  # fmt: skip
    settings.PUBLIC_URL, settings.IMAGE_BASE_URL = live_server.url, f"{live_server.url}/pictures"
    mina.set_avatar(store_image(mina).pk)
    share = PostShare.objects.create(post=illustrated(mina, "눈이 왔어요", images=3))
    run_jobs()
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(share.url)
    expect(page.locator("h1")).to_have_text("Mina")
    expect(page.locator(".text")).to_have_text("눈이 왔어요")
    for image in page.locator("img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    assert (page.locator("img").count(), messages, page.context.cookies()) == (4, [], [])
