"""The pages for people, used as people use them, in a real browser."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from tests.factories import PASSWORD, PostFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def console_errors(page: Page) -> Iterator[list[str]]:
    """The errors on the browser's console, those of our content security policy included; fails if there is one."""
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(f"{line.text} {line.location}") if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints
    # Browsers look for one wherever a page names none.
    assert [complaint for complaint in complaints if "favicon.ico" not in complaint] == []


def execute(page: Page, operation: str, body: dict[str, str] | None = None) -> Locator:
    """Try an operation out as Swagger UI lets people do it; gives the part of the page that shows the answer."""
    block = page.locator(f"[id$='{operation}']")
    block.locator(".opblock-summary-control").click()
    block.get_by_role("button", name="Try it out").click()
    if body is not None:
        block.locator("textarea.body-param__text").fill(json.dumps(body))
    block.get_by_role("button", name="Execute").click()
    return block.locator(".live-responses-table tbody")


def authorise(page: Page, token: str) -> None:
    """Type the token into Swagger UI's own window."""
    page.get_by_role("button", name="Authorize").first.click()
    window = page.locator(".modal-ux")
    window.get_by_role("textbox").fill(token)
    window.get_by_role("button", name="Apply credentials").click()
    window.get_by_role("button", name="Close").last.click()


@pytest.mark.one_leg
def test_somebody_signs_in_within_swagger_and_reads_the_feed(
    live_server: LiveServer, page: Page, mina: Member, console_errors: list[str]
) -> None:
    PostFactory.create(author=mina, text="First snow of the year.")
    page.goto(f"{live_server.url}/docs/")
    logged_in = execute(page, "log_in", {"email": mina.email, "password": PASSWORD, "device": "browser"})
    expect(logged_in.locator(".response-col_status").first).to_contain_text("201")
    authorise(page, json.loads(logged_in.locator("pre code").first.inner_text())["access"])
    feed = execute(page, "list_posts")
    expect(feed.locator(".response-col_status").first).to_contain_text("200")
    expect(feed).to_contain_text("First snow of the year.")


def test_a_moderator_signs_in_and_finds_members_and_posts(
    live_server: LiveServer, page: Page, sora: Member, mina: Member, console_errors: list[str]
) -> None:
    post = PostFactory.create(author=mina, text="First snow of the year.")
    page.goto(f"{live_server.url}/admin/")
    page.locator("input[name=username]").fill(sora.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[type=submit]").click()
    page.locator("a[href$='/accounts/member/']").first.click()
    expect(page.locator("#result_list")).to_contain_text("Mina")
    assert mina.email not in page.content()
    page.locator("a[href$='/posts/post/']").first.click()
    expect(page.locator("#result_list")).to_contain_text("First snow of the year.")
    page.locator("#searchbar").fill(str(post.pk))
    page.keyboard.press("Enter")
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
