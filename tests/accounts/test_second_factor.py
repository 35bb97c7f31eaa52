"""The second factor of staff: set up at the first login, shown at each other one, replaced by recovery codes."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from pytest_django import Settings

from accounts.models import Member, SecurityEvent
from accounts.staff.second_factor import LONGEST_PAUSE, reset_second_factor, verify
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
GUESSED, GUESSED_KOREAN = "Wrong codes were entered for your account", "계정에 잘못된 코드가 여러 번 입력되었습니다"
ASK, SET_UP = "/admin/second-factor/", "/admin/second-factor/set-up/"


@pytest.fixture(autouse=True)
def clock(settings: Settings) -> Iterator[time_machine.Traveller]:
    """A clock that stands still, so that a code is valid until a test moves it; the second factor is required."""
    settings.ADMIN_SECOND_FACTOR = True
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def login(sora: Member) -> Callable[[], Client]:
    """Logs Sora in with the password, in a new browser."""

    def log_in() -> Client:
        browser = Client()
        assert browser.post("/admin/login/", {"username": sora.email, "password": PASSWORD}).status_code == 302
        return browser

    return log_in


def code_of(member: Member) -> str:
    device = TOTPDevice.objects.get(user=member)
    return f"{totp(device.bin_key):06d}"


def set_up(browser: Client, member: Member, clock: time_machine.Traveller) -> list[str]:
    """Set up the second factor, and return the recovery codes."""
    browser.get(SET_UP)
    page = browser.post(SET_UP, {"code": code_of(member)}).content.decode()
    clock.shift(60)
    return re.findall("<li>([a-z0-9]{5}-[a-z0-9]{5})</li>", page)


def is_inside(browser: Client) -> bool:
    return bool(browser.get("/admin/accounts/member/").status_code == 200)


def test_the_password_alone_opens_no_page_and_leads_to_the_set_up(login: Callable[[], Client]) -> None:
    browser = login()
    assert not is_inside(browser)
    page = browser.get("/admin/posts/post/", follow=True)
    assert [path for path, _ in page.redirect_chain][-1] == SET_UP
    assert "<svg" in page.content.decode()


def test_staff_set_it_up_and_are_inside_and_an_email_says_so(
    login: Callable[[], Client], sora: Member, clock: Any, run_jobs: Callable[[], None], mailoutbox: list[Any]
) -> None:
    browser = login()
    assert len({*set_up(browser, sora, clock)}) == 10
    assert is_inside(browser)
    run_jobs()
    subjects = [message.subject for message in mailoutbox]
    assert subjects == ["New login to your Heart to Heart account", "A second factor was set up for your account"]


def test_a_wrong_code_does_not_finish_the_set_up(login: Callable[[], Client], sora: Member) -> None:
    browser = login()
    browser.get(SET_UP)
    right = code_of(sora)
    wrong = "000000" if right != "000000" else "000001"
    assert b"errorlist" in browser.post(SET_UP, {"code": wrong}).content
    assert not is_inside(browser)


def test_each_login_that_sets_it_up_gets_a_key_of_its_own(
    login: Callable[[], Client], sora: Member, clock: Any
) -> None:
    stranger, owner = login(), login()
    stranger.get(SET_UP)
    seen = code_of(sora)
    owner.get(SET_UP)
    assert code_of(sora) != seen
    assert b"errorlist" in stranger.post(SET_UP, {"code": code_of(sora)}).content
    assert len(set_up(owner, sora, clock)) == 10
    assert stranger.post(SET_UP, {"code": seen})["Location"] == ASK
    assert not is_inside(stranger)


def test_the_next_login_needs_a_code_and_then_opens_the_page_that_was_asked_for(
    login: Callable[[], Client], sora: Member, clock: Any
) -> None:
    set_up(login(), sora, clock)
    browser = login()
    page = browser.get("/admin/posts/post/", follow=True)
    assert [path for path, _ in page.redirect_chain][-1] == f"{ASK}?next=%2Fadmin%2Fposts%2Fpost%2F"
    answer = browser.post(ASK, {"code": code_of(sora), "next": "/admin/posts/post/"})
    assert answer["Location"] == "/admin/posts/post/"
    assert is_inside(browser)


def test_a_code_works_once(login: Callable[[], Client], sora: Member, clock: Any) -> None:
    set_up(login(), sora, clock)
    browsers = [login(), login()]
    for browser in browsers:
        browser.post(ASK, {"code": code_of(sora)})
    assert [is_inside(browser) for browser in browsers] == [True, False]


def test_a_recovery_code_works_once_however_it_is_written(
    login: Callable[[], Client], sora: Member, clock: Any
) -> None:
    codes = set_up(login(), sora, clock)
    browsers = [login(), login(), login()]
    for browser, code in zip(browsers, [codes[0].upper(), codes[0], codes[1].replace("-", " ")], strict=True):
        browser.post(ASK, {"code": code})
        # After a wrong code comes a pause.
        clock.shift(2)
    assert [is_inside(browser) for browser in browsers] == [True, False, True]


def test_recovery_codes_are_not_stored_as_they_are_shown(login: Callable[[], Client], sora: Member, clock: Any) -> None:
    codes = {code.replace("-", "") for code in set_up(login(), sora, clock)}
    stored = {*StaticToken.objects.values_list("token", flat=True)}
    assert (len(codes), len(stored)) == (10, 10)
    assert not codes & stored


def test_after_wrong_codes_even_the_right_one_has_to_wait(
    login: Callable[[], Client], sora: Member, clock: Any
) -> None:
    set_up(login(), sora, clock)
    browser = login()
    for _ in range(3):
        browser.post(ASK, {"code": "000000"})
        clock.shift(10)
    browser.post(ASK, {"code": "000000"})
    browser.post(ASK, {"code": code_of(sora)})
    assert not is_inside(browser)
    clock.shift(60)
    browser.post(ASK, {"code": code_of(sora)})
    assert is_inside(browser)


def test_the_pause_after_wrong_codes_does_not_grow_without_end(
    login: Callable[[], Client], sora: Member, clock: Any, settings: Settings
) -> None:
    # Redis has a clock of its own, by which all of this happens in a few minutes.
    settings.RATE_LIMITS = False
    set_up(login(), sora, clock)
    # Without an end, the pause would double to more than an hour.
    for _ in range(12):
        browser = login()
        browser.post(ASK, {"code": "000000"})
        clock.shift(LONGEST_PAUSE + timedelta(minutes=1))
    browser = login()
    browser.post(ASK, {"code": "000000"})
    assert timedelta(minutes=15) >= LONGEST_PAUSE
    for pause, is_in in ((LONGEST_PAUSE - timedelta(minutes=1), False), (timedelta(minutes=2), True)):
        clock.shift(pause)
        browser.post(ASK, {"code": code_of(sora)})
        assert is_inside(browser) is is_in


@pytest.mark.parametrize(("language", "subject"), [("en", GUESSED), ("ko", GUESSED_KOREAN)])
def test_the_tenth_wrong_code_in_a_row_sends_one_email(
    sora: Member, clock: Any, run_jobs: Callable[[], None], mailoutbox: list[Any], language: str, subject: str
) -> None:
    Member.objects.filter(pk=sora.pk).update(language=language)
    TOTPDevice.objects.create(user=sora, confirmed=True)
    sent = []
    for _ in range(13):
        # The second one comes during the pause, and is not compared.
        for _ in range(2):
            verify(sora, "000000")
        clock.shift(LONGEST_PAUSE + timedelta(minutes=1))
        run_jobs()
        sent.append([message.subject for message in mailoutbox].count(subject))
    assert sent == [0] * 9 + [1] * 4


def test_after_a_right_code_ten_more_wrong_ones_are_told_again(sora: Member, clock: Any) -> None:
    device = TOTPDevice.objects.create(user=sora, confirmed=True)
    for code in (*["000000"] * 10, None, *["000000"] * 10):
        verify(sora, code or code_of(sora))
        clock.shift(LONGEST_PAUSE + timedelta(minutes=1))
    device.refresh_from_db()
    assert device.throttling_failure_count == 10
    assert SecurityEvent.objects.filter(kind=SecurityEvent.SECOND_FACTOR_GUESSED).count() == 2


def test_codes_have_a_rate_limit(login: Callable[[], Client], sora: Member, clock: Any) -> None:
    set_up(login(), sora, clock)
    browser = login()
    pages = [browser.post(ASK, {"code": "x"}).content.decode() for _ in range(10)]
    assert "Too many requests" not in pages[8]
    assert "Too many requests" in pages[9]


def test_an_operator_resets_a_lost_second_factor_and_open_logins_must_set_up_a_new_one(
    login: Callable[[], Client], sora: Member, clock: Any, run_jobs: Callable[[], None], mailoutbox: list[Any]
) -> None:
    browser = login()
    set_up(browser, sora, clock)
    assert reset_second_factor(sora)
    assert not reset_second_factor(sora)
    assert not is_inside(browser)
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0] == SET_UP
    run_jobs()
    assert mailoutbox[-1].subject == "The second factor of your account was reset"


def test_a_second_factor_is_not_replaced_by_whoever_knows_the_password(
    login: Callable[[], Client], sora: Member, clock: Any
) -> None:
    set_up(login(), sora, clock)
    key = TOTPDevice.objects.get().key
    browser = login()
    assert browser.get(SET_UP)["Location"] == ASK
    TOTPDevice.objects.create(user=sora, confirmed=False)
    other = TOTPDevice.objects.get(confirmed=False)
    browser.post(SET_UP, {"code": f"{totp(other.bin_key):06d}"})
    assert not is_inside(browser)
    assert [device.key for device in TOTPDevice.objects.filter(confirmed=True)] == [key]


def test_strangers_members_and_those_inside_have_no_use_for_the_page(
    login: Callable[[], Client], sora: Member, mina: Member, clock: Any
) -> None:
    member, inside = Client(), login()
    member.force_login(mina)
    set_up(inside, sora, clock)
    for path in (ASK, SET_UP):
        assert [browser.get(path)["Location"] for browser in (Client(), member)] == ["/admin/login/"] * 2
        assert inside.get(path)["Location"] == "/admin/"
    assert inside.get(ASK, {"next": "https://evil.example/"})["Location"] == "/admin/"


def test_staff_can_log_out_before_they_show_the_second_factor(login: Callable[[], Client]) -> None:
    browser = login()
    browser.post("/admin/logout/")
    assert browser.get(ASK)["Location"] == "/admin/login/"


def test_a_suspended_moderator_is_out_at_once(login: Callable[[], Client], sora: Member, clock: Any) -> None:
    browser = login()
    set_up(browser, sora, clock)
    sora.suspend(timezone.now() + timedelta(days=1))
    assert not is_inside(browser)
    assert browser.get(ASK)["Location"] == "/admin/login/"
