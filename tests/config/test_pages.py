"""HTML pages in a real browser, under the Content-Security-Policy."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from media.image_urls import image_urls

HTML = {"Content-Type": "text/html"}
PIXEL = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
pytestmark = [pytest.mark.one_leg, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_swagger_shows_the_api_without_violations_of_the_policy(live_server: LiveServer, page: Page) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{live_server.url}/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    assert [text for text in messages if "Content Security Policy" in text] == []


def test_the_policy_lets_pages_show_images_of_another_host(page: Page) -> None:
    url = image_urls("images/2026/11/ab", has_variants=True)["thumb"]
    policy = {"Content-Security-Policy": f"img-src {settings.CONTENT_SECURITY_POLICY['img-src']}"}
    page.route(url, lambda route: route.fulfill(body=PIXEL, content_type="image/svg+xml"))
    page.route("http://page.example/", lambda route: route.fulfill(body=f"<img src={url}>", headers=HTML | policy))
    page.goto("http://page.example/")
    assert page.locator("img").evaluate("image => image.naturalWidth") == 1


def test_the_admin_login_page_loads_with_all_its_files(live_server: LiveServer, page: Page) -> None:
    missing: list[str] = []
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.goto(f"{live_server.url}/admin/")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert missing == []
