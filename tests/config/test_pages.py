"""HTML pages in a real browser, under the Content-Security-Policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.one_leg, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_swagger_shows_the_api_without_violations_of_the_policy(live_server: LiveServer, page: Page) -> None:
    messages: list[str] = []
    page.on("console", lambda message: messages.append(message.text))
    page.goto(f"{live_server.url}/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    assert [text for text in messages if "Content Security Policy" in text] == []


def test_the_admin_login_page_loads_with_all_its_files(live_server: LiveServer, page: Page) -> None:
    missing: list[str] = []
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.goto(f"{live_server.url}/admin/")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert missing == []
