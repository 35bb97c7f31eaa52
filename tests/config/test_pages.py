"""The pages for people, in a real browser under our content security policy."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_swagger_shows_the_api_and_the_policy_stops_nothing_of_it(live_server: LiveServer, page: Page) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{live_server.url}/docs/")
    expect(page.locator(".opblock").first).to_be_visible()
    assert [text for text in said if "Content Security Policy" in text] == []


def test_the_admin_asks_who_one_is_in_its_own_clothes(live_server: LiveServer, page: Page) -> None:
    missing: list[str] = []
    page.on("response", lambda response: missing.append(response.url) if response.status >= 400 else None)
    page.goto(f"{live_server.url}/admin/")
    expect(page.locator("input[type=password]")).to_be_visible()
    assert missing == []
