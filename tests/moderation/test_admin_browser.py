"""The moderators' work in a real browser: a case from the report to the undo, and what each screen is like.

With SCREENSHOTS=docs/screenshots in the environment, the screens are stored there, for docs/moderation.md.
"""

import os
import shutil
import subprocess
from base64 import b32decode
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction
from django_otp.oath import totp
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from media.models import Image
from moderation.actions import get_action
from moderation.appeals import appeal
from moderation.ranks import MODERATOR, SENIOR_MODERATOR
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.accounts.phone import Phone
from tests.build_cache import built
from tests.factories import PASSWORD, MemberFactory
from tests.moderation.staff import staff_member

AXE = Path(__file__).parent / "axe"
SCREENSHOTS = os.environ.get("SCREENSHOTS", "")
NICKNAME = "한강에서 자전거 타는 느긋한 고양이 집사"
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
needs_npm = pytest.mark.skipif(not shutil.which("npm"), reason="needs npm, which is not installed here")


@pytest.fixture
def scene(
    live_server: LiveServer,
    settings: Settings,
    mina: Member,
    jun: Member,
    store_image: Callable[..., Image],
    run_jobs: Callable[[], None],
) -> Post:
    """A post with ten images that four members reported, two other cases, and a moderator."""
    settings.IMAGE_BASE_URL = f"{live_server.url}/pictures"
    settings.ADMIN_SECOND_FACTOR = True
    mina.update(nickname=NICKNAME, about="주말엔 자전거를 탑니다.")
    colors = ("teal", "peru", "slateblue", "olive", "tomato", "gold", "indigo", "gray", "navy", "pink")
    images = [store_image(mina, size=(640, 480), color=color).pk for color in colors]
    with transaction.atomic():
        post = Post.objects.publish(
            author=mina, text="여기에서 사면 절반 값입니다. 지금 바로 연락 주세요!", image_ids=images
        )
        other = Post.objects.publish(author=jun, text="I know where you live.")
    for reporter in MemberFactory.create_batch(4):
        report_post(reporter, post.pk, reason="spam", text="The same advertisement, five times today.")
    report_post(mina, other.pk, reason="spam", text="")
    report_member(jun, mina.pk, reason="impersonation", text="제 사진을 가져가서 저인 척해요.")
    staff_member(MODERATOR, nickname="Hana", email="hana@example.com")
    staff_member(SENIOR_MODERATOR, nickname="Yuna", email="yuna@example.com")
    run_jobs()
    return post


def log_in(page: Page, url: str, email: str) -> None:
    """Log in with the password, and set up the second factor."""
    page.goto(f"{url}/admin/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    key = b32decode(page.locator("code.key").inner_text().replace(" ", ""))
    page.locator("#id_code").fill(f"{totp(key):06d}")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    page.get_by_role("link", name="I have stored them").click()


def decide(page: Page, action: str, reason: str) -> None:
    """Follow the link of an action, and give the reason."""
    page.get_by_role("link", name=action, exact=True).click()
    page.get_by_label("Reason").select_option(reason)
    page.locator("#content").get_by_role("button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def feed(member: Member) -> list[str]:
    return [post["text"] for post in Phone.of(member).get("posts").json()["results"]]


def test_a_moderator_decides_the_worst_case_and_takes_it_back(
    live_server: LiveServer, page: Page, scene: Post, jun: Member, mina: Member
) -> None:
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    log_in(page, live_server.url, "hana@example.com")
    page.locator(".queue a").first.click()
    expect(page.locator(".case .halves")).to_contain_text(scene.text)
    image = page.get_by_role("checkbox").first
    image.press("Space")
    expect(image).to_be_checked()
    assert page.get_by_role("link", name="Suspend for good").count() == 0
    decide(page, "Remove the post", "spam")
    decide(page, "Suspend for days: 7 days", "spam")
    assert scene.text not in feed(jun)
    assert Phone().log_in(mina.email).status_code == 401
    for _ in range(2):
        page.locator(".case a[href$='/undo/']").first.click()
        page.get_by_label("Reason").select_option("mistake")
        page.locator("#content").get_by_role("button").click()
        expect(page.locator(".messagelist .success")).to_be_visible()
    assert scene.text in feed(jun)
    assert Phone().log_in(mina.email).status_code == 201
    assert errors == []


def test_a_plain_moderator_cannot_do_by_address_what_is_not_offered(
    live_server: LiveServer, page: Page, scene: Post, mina: Member
) -> None:
    log_in(page, live_server.url, "hana@example.com")
    for name in ("suspend_member_for_good", "reveal_email", "set_role"):
        answer = page.goto(f"{live_server.url}/admin/moderation/decision/act/{name}/{mina.pk}/?role=moderator")
        assert answer is not None
        assert answer.status == 403
    assert page.goto(f"{live_server.url}/admin/outbox/job/").status == 403  # type: ignore[union-attr]


def test_an_appeal_is_answered_by_somebody_else_who_leads(
    live_server: LiveServer, page: Page, scene: Post, mina: Member, jun: Member
) -> None:
    hana = Member.objects.get(email="hana@example.com")
    decision = get_action("remove_post").run(scene, by=hana, reason="spam")
    appeal(mina, decision.pk, "광고가 아니라 제 자전거를 나누는 글입니다.")
    log_in(page, live_server.url, "yuna@example.com")
    page.goto(f"{live_server.url}/admin/moderation/appeal/")
    page.locator("#result_list tbody a").first.click()
    expect(page.locator("#content")).to_contain_text("광고가 아니라")
    decide(page, "Uphold the appeal", "mistake")
    assert scene.text in feed(jun)


@pytest.fixture(scope="module")
def axe() -> str:
    """The source of axe-core, which finds what keeps people with disabilities from using a page."""

    def install(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(AXE / name, folder)
        command = ("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    folder = built("axe", [AXE / "package-lock.json"], install)
    return (folder / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> list[str]:
    """Return the serious and critical violations on the page."""
    page.evaluate(axe)
    found = page.evaluate("axe.run().then(results => results.violations)")
    return [
        f"{each['id']}: {node['html'][:150]} {node['failureSummary'][:200]}"
        for each in found
        if each["impact"] in ("serious", "critical")
        for node in each["nodes"][:3]
    ]


def screens(post: Post) -> dict[str, str]:
    report = post.reports.order_by("pk").first()
    assert report is not None
    decision = f"/admin/moderation/decision/act/remove_post/{post.pk}/?report={report.pk}"
    return {
        "queue": "/admin/",
        "case": f"/admin/moderation/report/{report.pk}/change/",
        "decision": decision,
        "member": f"/admin/accounts/member/{post.author_id}/change/",
        "post": f"/admin/posts/post/{post.pk}/change/",
        "reports": "/admin/moderation/report/",
        "members": "/admin/accounts/member/?q=a",
        "decisions": "/admin/moderation/decision/",
        "time-zone": "/admin/time-zone/",
    }


LOOKS = {
    "light": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}, "locale": "en-US"},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1280, "height": 900}, "locale": "en-US"},
    "korean": {"color_scheme": "light", "viewport": {"width": 1280, "height": 900}, "locale": "ko-KR"},
    "phone": {"color_scheme": "light", "viewport": {"width": 390, "height": 844}, "locale": "ko-KR"},
    "phone-dark": {"color_scheme": "dark", "viewport": {"width": 390, "height": 844}, "locale": "en-US"},
}


@needs_npm
@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_can_be_used_by_everybody_and_is_not_cut(
    live_server: LiveServer, chromium: Browser, scene: Post, sora: Member, axe: str, look: str, settings: Settings
) -> None:
    settings.ADMIN_SECOND_FACTOR = False
    window = chromium.new_context(**LOOKS[look])  # type: ignore[arg-type]
    page, found = window.new_page(), {}
    page.goto(f"{live_server.url}/admin/")
    found["login"] = violations(page, axe)
    page.locator("#id_username").fill(sora.email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()
    for name, path in screens(scene).items():
        page.goto(live_server.url + path)
        page.wait_for_load_state("networkidle")
        found[name] = violations(page, axe)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found[name].append("wider than the window")
        if SCREENSHOTS:
            page.screenshot(path=Path(SCREENSHOTS) / f"{name}-{look}.png", full_page=True)
    window.close()
    assert {name: faults for name, faults in found.items() if faults} == {}
