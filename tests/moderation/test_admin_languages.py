"""The admin in both languages: titles of lists, the order of the navigation, and dates."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.test import Client

from accounts.models import Member
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db
NAVIGATION = [
    "report",
    "appeal",
    "decision",
    "listedword",
    "post",
    "comment",
    "member",
    "image",
    "job",
    "logentry",
    "group",
]
LISTS = {
    "moderation/report": ("Reports", "신고"),
    "moderation/appeal": ("Appeals", "이의 제기"),
    "moderation/decision": ("Decisions", "결정"),
    "moderation/listedword": ("Listed words", "금지어"),
    "posts/post": ("Posts", "게시물"),
    "comments/comment": ("Comments", "댓글"),
    "accounts/member": ("Members", "회원"),
    "media/image": ("Images", "이미지"),
    "outbox/job": ("Jobs", "작업"),
    "admin/logentry": ("Log entries", "로그 엔트리"),
}


@pytest.fixture
def browser(sora: Member, client: Client) -> Client:
    """The browser of Sora, a superuser."""
    client.force_login(sora)
    return client


def page(browser: Client, path: str, language: str) -> str:
    return browser.get(f"/admin/{path}", headers={"accept-language": language}).content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_navigation_has_the_same_order_in_both_languages(browser: Client, language: str) -> None:
    navigation = page(browser, "", language).partition('<nav id="nav-global"')[2].partition("</nav>")[0]
    names = re.findall(r'href="/admin/\w+/(\w+)/"', navigation)
    assert names == [name for name in NAVIGATION if name in names]
    assert len(names) >= 8


@pytest.mark.parametrize("path", LISTS)
def test_a_list_is_named_after_its_rows_in_both_languages(browser: Client, path: str) -> None:
    for language, title in zip(("en", "ko"), LISTS[path], strict=True):
        shown = page(browser, f"{path}/", language)
        assert f"<h1>{title}</h1>" in shown
        assert f"&rsaquo; {title}</div>" in shown
        assert "(으)로" not in shown


def test_korean_has_the_half_of_the_day_before_the_hour(browser: Client) -> None:
    PostFactory.create(created_at=datetime(2026, 7, 1, 20, 30, tzinfo=UTC))
    assert "2026년 7월 2일 오전 5:30 KST" in page(browser, "posts/post/", "ko")


def test_all_dates_of_the_admin_have_one_format() -> None:
    pages = [page.read_text(encoding="utf-8") for page in Path("templates/admin").rglob("*.html")]
    formats = [found for text in pages for found in re.findall(r"\|(?:date|time)\b(?::\"(\w+)\")?", text)]
    assert len(formats) > 20
    assert set(formats) == {"DATETIME_FORMAT"}


def test_the_page_of_the_own_password_is_one_of_ours_in_korean(browser: Client) -> None:
    shown = page(browser, "password_change/", "ko")
    assert "현재 비밀번호를 입력하고 새 비밀번호를 두 번 입력해 주세요." in shown
    assert "<h1>비밀번호 변경</h1>" in shown
