"""The moderators' work in a real browser: a case from the report to the undo, and what each screen is like.

With SCREENSHOTS=docs/screenshots in the environment, the screens are stored there, for docs/moderation.md.
"""

import shutil
import subprocess
from base64 import b32decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Member
from comments.models import Comment
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.actors import SYSTEM
from moderation.appeals import appeal
from moderation.models import Appeal, Decision, ListedWord, Report, Rules
from moderation.ranks import MODERATOR
from moderation.reporting import report_comment, report_member, report_post
from posts.models import Post, PostShare
from tests.accounts.phone import Phone
from tests.build_cache import built
from tests.factories import PASSWORD, CommentFactory, MemberFactory, store_images, upload
from tests.moderation.screens import LOOKS_OF_LANGUAGE, Viewer
from tests.moderation.staff import staff_member
from tests.services_plugin import BROWSER_MILLISECONDS

AXE = Path(__file__).parent / "axe"
NICKNAME = "한강에서 자전거 타는 느긋한 고양이 집사"
COLORS = ("teal", "peru", "slateblue", "olive", "tomato", "gold", "indigo", "gray", "navy", "pink")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
needs_npm = pytest.mark.skipif(not shutil.which("npm"), reason="needs npm, which is not installed here")


def publish(author: Member, text: str, *colors: str) -> Post:
    """A post with a small image of each colour."""
    images = store_images([upload(size=(96, 72), color=color) for color in colors], owner=author)
    with transaction.atomic():
        return Post.objects.publish(author=author, text=text, image_ids=[image.pk for image in images])


@pytest.fixture
def post(live_server: LiveServer, settings: Settings, mina: Member, run_jobs: Callable[[], None]) -> Post:
    """A post of Mina with an image, which a member has reported."""
    settings.IMAGE_BASE_URL = f"{live_server.url}/pictures"
    post = publish(mina, "여기에서 사면 절반 값입니다.", "teal")
    report_post(MemberFactory.create(), post.pk, reason="spam", text="The same advertisement, five times today.")
    run_jobs()
    return post


@contextmanager
def window_of(chromium: Browser, url: str, member: Member, **look: Any) -> Iterator[BrowserContext]:
    """A browser window in which a member is logged in already."""
    client = Client()
    client.force_login(member)
    window = chromium.new_context(**look)
    window.set_default_timeout(BROWSER_MILLISECONDS)
    window.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}])
    yield window
    window.close()


def log_in(page: Page, url: str, email: str) -> None:
    """Log in with the password, and set up the second factor."""
    page.goto(f"{url}/admin/")
    enter(page, email)
    set_up_second_factor(page)
    page.get_by_role("link", name="I have stored them").click()


def enter(page: Page, email: str) -> None:
    page.locator("#id_username").fill(email)
    page.locator("#id_password").fill(PASSWORD)
    page.locator("[type=submit]").click()


def set_up_second_factor(page: Page) -> None:
    key = b32decode(page.locator("code.key").inner_text().replace(" ", ""))
    page.locator("#id_code").fill(f"{totp(key):06d}")
    page.locator("[type=submit]").first.click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)


def decide(page: Page, action: str, reason: str) -> None:
    """Follow the link of an action, and give the reason."""
    page.get_by_role("link", name=action, exact=True).click()
    page.get_by_label("Reason").select_option(reason)
    page.locator("#content").get_by_role("button").click()
    expect(page.locator(".messagelist .success")).to_be_visible()


def feed(member: Member) -> list[str]:
    return [post["text"] for post in Phone.of(member).get("posts").json()["results"]]


def test_a_moderator_decides_the_worst_case_and_takes_it_back(
    live_server: LiveServer, page: Page, settings: Settings, post: Post, hana: Member, jun: Member, mina: Member
) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    log_in(page, live_server.url, hana.email)
    page.locator(".queue a").first.click()
    expect(page.locator(".case .halves")).to_contain_text(post.text)
    image = page.get_by_role("checkbox").first
    image.press("Space")
    expect(image).to_be_checked()
    assert page.get_by_role("link", name="Suspend for good").count() == 0
    decide(page, "Remove the post", "spam")
    decide(page, "Suspend for 7 days", "spam")
    assert post.text not in feed(jun)
    assert Phone().log_in(mina.email).status_code == 401
    for _ in range(2):
        page.locator(".case a[href$='/undo/']").first.click()
        page.get_by_label("Reason").select_option("mistake")
        page.locator("#content").get_by_role("button").click()
        expect(page.locator(".messagelist .success")).to_be_visible()
    assert post.text in feed(jun)
    assert Phone().log_in(mina.email).status_code == 201
    assert errors == []


def test_an_appeal_is_answered_by_somebody_else_who_leads(
    live_server: LiveServer, chromium: Browser, post: Post, mina: Member, hana: Member, yuna: Member, jun: Member
) -> None:
    decision = get_action("remove_post").run(post, by=hana, reason="spam")
    appeal(mina, decision.pk, "광고가 아니라 제 자전거를 나누는 글입니다.")
    with window_of(chromium, live_server.url, yuna) as window:
        page = window.new_page()
        page.goto(f"{live_server.url}/admin/moderation/appeal/")
        page.locator("#result_list tbody a").first.click()
        expect(page.locator("#content")).to_contain_text("광고가 아니라")
        decide(page, "Uphold the appeal", "mistake")
    assert post.text in feed(jun)


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


@pytest.fixture
def scene(live_server: LiveServer, settings: Settings, run_jobs: Callable[[], None]) -> dict[str, str]:
    """Everything that the admin shows, with long Korean names; returns the paths of the screens."""
    settings.IMAGE_BASE_URL = f"{live_server.url}/pictures"
    author = MemberFactory.create(nickname=NICKNAME, about="주말엔 자전거를 탑니다.")
    post = publish(author, "여기에서 사면 절반 값입니다. 지금 바로 연락 주세요!", *COLORS)
    reporters = MemberFactory.create_batch(4)
    for reporter in reporters:
        report_post(reporter, post.pk, reason="spam", text="The same advertisement, five times today.")
    report_member(reporters[0], author.pk, reason="impersonation", text="제 사진을 가져가서 저인 척해요.")
    for reason, text in (("child_safety", "교복을 입은 아이 사진입니다."), ("harassment", "I know where you live.")):
        other = publish(reporters[1], text, "navy")
        report_post(author, other.pk, reason=reason, text="")
    reply = CommentFactory.create(post=post, author=reporters[1], parent=CommentFactory.create(post=post))
    report_comment(author, reply.pk, reason="harassment", text="")
    Report.objects.filter(reason="harassment").update(created_at=timezone.now() - timedelta(hours=30))
    run_jobs()
    return screens(post, *decisions_of(author))


def decisions_of(author: Member) -> tuple[Decision, Appeal, ListedWord]:
    """A decision, an appeal against it, and a listed word."""
    hana = staff_member(MODERATOR, nickname="Hana")
    suspension = get_action("suspend_member").run(
        author, by=hana, reason="spam", days=7, text="광고를 다섯 번 올렸어요."
    )
    undo(suspension, by=hana, reason="mistake")
    warning = get_action("warn_member").run(author, by=hana, reason="other", text="광고는 하루에 한 번만 올려 주세요.")
    appealed = appeal(author, warning.pk, "광고가 아니라 제 자전거를 나누는 글입니다.")
    word: dict[str, Any] = {"word": "반값 시계", "reaction": "report", "violation": "spam", "is_whole": False}
    get_action("add_word").run(Rules.objects.current(), by=SYSTEM, reason="policy", **word)
    return suspension, appealed, ListedWord.objects.get()


def screens(post: Post, decision: Decision, appealed: Appeal, word: ListedWord) -> dict[str, str]:
    """The paths of the screens, by their names."""
    reports, reply = list(post.reports.order_by("pk")), Comment.objects.exclude(parent=None).get()
    chosen = f"report={reports[0].pk}&report={Report.objects.get(reason='child_safety').pk}"
    admin, moderation = "/admin", "/admin/moderation"
    return {
        "queue": f"{admin}/",
        "queue-empty": f"{admin}/?mine=1",
        "case": f"{moderation}/report/{reports[0].pk}/change/",
        "decision": f"{moderation}/decision/act/remove_post/{post.pk}/?report={reports[0].pk}",
        "recorded": f"{moderation}/decision/{decision.pk}/change/",
        "undo": f"{moderation}/decision/{appealed.decision_id}/undo/",
        # Leads to the decision, with the message that somebody was faster.
        "undone-already": f"{moderation}/decision/{decision.pk}/undo/",
        "many": f"{moderation}/report/many/?action=dismiss_report&{chosen}",
        "member": f"{admin}/accounts/member/{post.author_id}/change/",
        "post": f"{admin}/posts/post/{post.pk}/change/",
        "posts": f"{admin}/posts/post/",
        "comment": f"{admin}/comments/comment/{reply.pk}/change/",
        "comments": f"{admin}/comments/comment/",
        "comment-case": f"{moderation}/report/{reply.reports.get().pk}/change/",
        "images": f"{admin}/media/image/",
        "reports": f"{moderation}/report/",
        "members": f"{admin}/accounts/member/?q=a",
        "decisions": f"{moderation}/decision/",
        "appeals": f"{moderation}/appeal/",
        "appeal": f"{moderation}/appeal/{appealed.pk}/change/",
        "words": f"{moderation}/listedword/",
        "word": f"{moderation}/listedword/{word.pk}/change/",
        "word-add": f"{moderation}/listedword/add-word/",
        "word-test": f"{moderation}/listedword/test/",
        "rules": f"{moderation}/listedword/rules/",
        "jobs": f"{admin}/outbox/job/",
        "log": f"{admin}/admin/logentry/",
        "time-zone": f"{admin}/time-zone/",
        "password": f"{admin}/password_change/",
        "appeal-page": "/appeal/?decision=1",
        "share-page": f"/p/{PostShare.objects.create(post=post).token}",
    }


def visit_refusals(viewer: Viewer) -> None:
    """Look at what is shown only after something went otherwise than expected, and after a form was sent."""
    viewer.visit("not-allowed", "/admin/outbox/job/add/", status=403)
    viewer.visit("no-page", "/admin/nothing/", status=404)
    author = Member.objects.get(nickname=NICKNAME)
    viewer.load(f"/admin/moderation/decision/act/warn_member/{author.pk}/")
    get_action("warn_member").run(author, by=SYSTEM, reason="spam")
    viewer.page.get_by_role("combobox").first.select_option("spam")
    viewer.page.locator("#content").get_by_role("button").click()
    expect(viewer.page.locator(".errornote")).to_be_visible()
    viewer.look_at("decided-meanwhile")
    viewer.load("/appeal/?decision=1")
    viewer.page.locator("[name=email]").fill("mina@example.com")
    viewer.page.locator("button").click()
    expect(viewer.page.locator("[name=code]")).to_be_visible()
    viewer.look_at("appeal-confirm")


@needs_npm
@pytest.mark.one_leg
def test_every_screen_can_be_used_by_everybody_and_is_not_cut(
    live_server: LiveServer, chromium: Browser, scene: dict[str, str], sora: Member, axe: str
) -> None:
    faults: dict[str, list[str]] = {}
    for language in LOOKS_OF_LANGUAGE:
        with window_of(chromium, live_server.url, sora, locale=language) as window:
            viewer = Viewer(window, live_server.url, axe, language)
            for name, path in scene.items():
                viewer.visit(name, path)
            visit_refusals(viewer)
            faults |= viewer.faults
    assert faults == {}


@needs_npm
@pytest.mark.one_leg
@pytest.mark.parametrize("language", LOOKS_OF_LANGUAGE)
def test_the_pages_of_a_login_can_be_used_by_everybody_and_are_not_cut(
    live_server: LiveServer, chromium: Browser, settings: Settings, axe: str, language: str
) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    newcomer = MemberFactory.create(is_staff=True)
    window = chromium.new_context(locale=language)
    viewer = Viewer(window, live_server.url, axe, language)
    viewer.visit("login", "/admin/")
    enter(viewer.page, newcomer.email)
    viewer.look_at("set-up")
    set_up_second_factor(viewer.page)
    viewer.look_at("recovery-codes")
    viewer.visit("no-permission", "/admin/")
    viewer.page.locator("#logout-form button").click()
    viewer.visit("login", "/admin/")
    enter(viewer.page, newcomer.email)
    viewer.look_at("second-factor")
    window.close()
    assert viewer.faults == {}
