"""A report on somebody of the staff, and what is decided about it, do not exist for them; others work on it as ever."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Member
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.appeals import appeal
from moderation.errors import RankTooLow
from moderation.models import Decision, Report
from moderation.reporting import report_member
from tests.moderation.staff import may_undo

pytestmark = pytest.mark.django_db
LIST = "/admin/moderation/decision/"


@pytest.fixture
def report(hana: Member, jun: Member) -> Report:
    """Jun's report on Hana, a moderator."""
    return report_member(jun, hana.pk, reason="violence", text="She threatens me.")[0]


@pytest.fixture
def browser_of() -> Callable[[Member], Client]:
    """Logs a member of the staff in to the admin."""

    def log_in(member: Member) -> Client:
        browser = Client()
        browser.force_login(member)
        return browser

    return log_in


@pytest.fixture
def browser(browser_of: Callable[[Member], Client], hana: Member) -> Client:
    """The browser of Hana."""
    return browser_of(hana)


def act(name: str, pk: int) -> str:
    return reverse("admin:moderation_decision_act", args=[name, pk])


def read(browser: Client, url: str) -> str:
    return browser.get(url, follow=True).content.decode()


def test_nobody_undoes_the_taking_over_of_a_report_on_themselves(
    browser: Client, report: Report, hana: Member, dora: Member, yuna: Member
) -> None:
    taken = get_action("assign_report").run(report, by=dora, reason="triage")
    assert not may_undo(taken, by=hana)
    with pytest.raises(RankTooLow):
        undo(taken, by=hana, reason="mistake")
    page = reverse("admin:moderation_decision_undo", args=[taken.pk])
    answers = [browser.get(page), browser.post(page, {"reason": "mistake"})]
    assert [answer.status_code for answer in answers] == [404, 404]
    report.refresh_from_db()
    assert report.assignee == dora
    assert may_undo(taken, by=yuna)


def test_who_is_reported_finds_no_decision_about_the_report(
    browser: Client, browser_of: Callable[[Member], Client], report: Report, hana: Member, yuna: Member
) -> None:
    taken = get_action("assign_report").run(report, by=yuna, reason="triage")
    decided = get_action("dismiss_report").run(report, by=yuna, reason="other", text="She was provoked.")
    own = [f"/admin/accounts/member/{hana.pk}/change/", act("lift_suspension", hana.pk)]
    for url in [LIST, f"{LIST}?q={taken.pk}", *own, *(f"{LIST}{each.pk}/change/" for each in (taken, decided))]:
        page = read(browser, url)
        assert not any(
            text in page for text in ("Yuna", "provoked", "Assign to me, ", f"/{taken.pk}/", f"{report.pk}/")
        )
    page = read(browser_of(yuna), LIST)
    assert all(f"/{each.pk}/change/" in page for each in (taken, decided))


def test_the_pages_of_actions_do_not_know_a_report_on_who_looks(
    browser: Client, browser_of: Callable[[Member], Client], report: Report, hana: Member, mina: Member, yuna: Member
) -> None:
    pages = [act(name, report.pk) for name in ("assign_report", "dismiss_report", "uphold_report")]
    pages += [f"{act('warn_member', pk)}?report={report.pk}" for pk in (mina.pk, hana.pk)]
    assert [browser.get(page).status_code for page in pages] == [404] * 5
    assert [browser.post(page, {"reason": "other", "text": "No."}).status_code for page in pages] == [404] * 5
    page = read(browser_of(yuna), pages[-1])
    assert '<option value="violence" selected>' in page
    assert Decision.objects.count() == 0


def test_a_report_of_somebody_else_is_no_cause_of_an_action(
    browser_of: Callable[[Member], Client], report: Report, mina: Member, yuna: Member
) -> None:
    assert browser_of(yuna).get(f"{act('warn_member', mina.pk)}?report={report.pk}").status_code == 404


def test_an_appeal_of_the_staff_does_not_show_them_the_decision_of_the_report(
    browser_of: Callable[[Member], Client], jun: Member, yuna: Member, sora: Member
) -> None:
    report, _ = report_member(jun, yuna.pk, reason="spam", text="")
    warned = get_action("warn_member").run(yuna, by=sora, reason="spam", text="No advertising.", report=report)
    url = f"/admin/moderation/appeal/{appeal(yuna, warned.pk, 'It was a joke.').pk}/change/"
    pages = [read(browser_of(each), url) for each in (yuna, sora)]
    assert ["It was a joke." in page for page in pages] == [True, True]
    assert [f"/{warned.pk}/" in page or f"/{report.pk}/" in page for page in pages] == [False, True]
