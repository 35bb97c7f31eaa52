"""member/report: the app sends no reason, and from one of its buttons not even whom."""

import pytest
from rest_framework.test import APIClient

from accounts.models import Member
from moderation.models import Report
from tests.android.app import App, Refused
from tests.project.snapshots import snapshot


def test_a_report_is_filed_without_a_reason_and_waits_for_a_moderator(mina_app: App, mina: Member, jun: Member) -> None:
    assert mina_app.report(jun.pk) == {"member_id": mina.pk, "target_id": jun.pk}
    report = Report.objects.get()
    assert (report.reporter_id, report.subject_id, report.about) == (mina.pk, jun.pk, Report.MEMBER)
    assert (report.reason, report.text, report.state) == ("unspecified", "", Report.OPEN)


def test_reporting_again_is_a_success_and_one_report(mina_app: App, jun_app: App, jun: Member, sora: Member) -> None:
    for _ in range(3):
        mina_app.report(sora.pk)
    assert Report.objects.count() == 1
    jun_app.report(sora.pk)
    Report.objects.update(state=Report.DISMISSED)
    mina_app.report(sora.pk)
    assert Report.objects.count() == 3


@pytest.mark.parametrize("target", [0, 1, 2**63 - 1])
def test_a_report_of_nobody_is_refused_and_keeps_the_login(mina_app: App, target: int) -> None:
    before = snapshot()
    with pytest.raises(Refused, match="GLOBAL_002"):
        mina_app.report(target)
    assert mina_app.session
    # Except for the pair of tokens that the interceptor requested.
    changed = {name for name, rows in snapshot()[0].items() if rows != before[0][name]}
    assert changed <= {"token_blacklist.OutstandingToken", "accounts.LoginSession"}
    assert not Report.objects.exists()


def test_nobody_reports_themselves(mina_app: App, mina: Member) -> None:
    with pytest.raises(Refused, match="GLOBAL_002"):
        mina_app.report(mina.pk)
    assert not Report.objects.exists()


@pytest.mark.parametrize("turned", [False, True])
def test_a_block_does_not_keep_anybody_from_reporting(mina_app: App, mina: Member, jun: Member, turned: bool) -> None:
    first, second = (jun, mina) if turned else (mina, jun)
    first.block(second)
    mina_app.report(jun.pk)
    assert Report.objects.get().subject_id == jun.pk


def test_v1_does_not_know_the_reason_that_the_app_does_not_give(mina_api: APIClient, jun: Member) -> None:
    body = {"member_id": str(jun.pk), "reason": "unspecified"}
    answer = mina_api.post("/api/v1/reports", body, format="json")
    assert answer.status_code == 400
    assert not Report.objects.exists()


def test_what_the_app_reported_can_be_read_at_v1(mina_app: App, mina_api: APIClient, jun: Member) -> None:
    mina_app.report(jun.pk)
    (report,) = mina_api.get("/api/v1/reports").json()["results"]
    assert (report["reason"], report["text"]) == ("unspecified", "")
