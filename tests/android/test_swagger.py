"""The Android API on its own page, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from tests.factories import PASSWORD
from tests.project.test_swagger import console_errors, execute  # noqa: F401 - a fixture

pytestmark = [
    pytest.mark.one_leg,
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("console_errors"),
]


def test_the_apps_calls_are_struck_out_and_can_be_tried(live_server: LiveServer, page: Page, mina: Member) -> None:
    page.goto(f"{live_server.url}/docs/android/")
    expect(page.locator(".opblock")).to_have_count(18)
    expect(page.locator(".opblock-deprecated")).to_have_count(18)
    expect(page.locator(".info")).to_contain_text("will not be updated")
    logged_in = execute(page, "login", {"email": mina.email, "password": PASSWORD})
    expect(logged_in.locator(".response-col_status").first).to_contain_text("200")
    expect(logged_in).to_contain_text("deprecation: @1793491200")
