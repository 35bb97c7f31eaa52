"""What reports keep of erased members, for how long, and which addresses are banned."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django import Settings

from accounts.erasure import start_erasure
from accounts.models import Member
from media.storage import image_files
from moderation.actions import get_action
from moderation.actions.undo import undo
from moderation.actors import Actor
from moderation.appeals import appeal
from moderation.cleanup import clean_up_banned_addresses, clean_up_reports
from moderation.errors import SubjectGone
from moderation.models import BannedAddress, Decision, Report, ReportedImage
from moderation.pseudonyms import address_digests, pseudonym
from moderation.reporting import report_member, report_post
from posts.models import Post
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone
from tests.accounts.sent_emails import SentEmails, last_code
from tests.erasing import erase
from tests.factories import PASSWORD, MemberFactory, PostFactory

pytestmark = pytest.mark.django_db
RunJobs = Callable[[], None]
SERVER = Actor.operator("root")


@pytest.fixture
def report(jun: Member, post: Post, run_jobs: RunJobs) -> Report:
    """Jun's report of Mina's post, whose images are copied."""
    report, _ = report_post(jun, post.pk, reason="nudity", text="Look at Mina's second image.")
    run_jobs()
    return report


def uphold(report: Report) -> None:
    get_action("uphold_report").run(report, by=SERVER, reason="other", text="She was asked to stop.")


def dismiss(report: Report) -> None:
    get_action("dismiss_report").run(report, by=SERVER, reason="no_violation")


def has_snapshot(report: Report) -> bool:
    report.refresh_from_db()
    return (bool(report.nickname), bool(report.subject_text), report.images.exists()) == (True, True, True)


def is_forgotten(report: Report) -> bool:
    report.refresh_from_db()
    snapshot = (report.nickname, report.subject_text, report.text, report.subject_created_at)
    return snapshot == ("", "", "", None) and not report.images.exists()


def test_an_open_report_keeps_its_snapshot_when_the_subject_is_erased(
    report: Report, mina: Member, run_jobs: RunJobs
) -> None:
    digest = pseudonym(mina.pk)
    erase(mina)
    run_jobs()
    assert has_snapshot(report)
    assert (report.subject, report.post, report.subject_digest) == (None, None, digest)
    assert image_files.find_private(report.images.all()[0].key)
    assert clean_up_reports() == 0


def test_no_decision_names_a_member_whose_erasure_has_started(
    report: Report, post: Post, mina: Member, run_jobs: RunJobs
) -> None:
    other, _ = report_member(MemberFactory.create(), mina.pk, reason="spam", text="")
    warning = get_action("warn_member").run(mina, by=SERVER, reason="spam")
    objection, decided = appeal(mina, warning.pk, "No."), Decision.objects.count()
    with transaction.atomic():
        start_erasure(Member.objects.select_for_update().get(pk=mina.pk))
    for action, subject, reason in (("remove_post", post, "spam"), ("deny_appeal", objection, "decision_stands")):
        with pytest.raises(SubjectGone):
            get_action(action).run(subject, by=SERVER, reason=reason)
    with pytest.raises(SubjectGone):
        undo(warning, by=SERVER, reason="mistake")
    uphold(report)
    dismiss(other)
    rows = Decision.objects.order_by("pk").values_list("subject_name", "member_id")[decided:]
    assert list(rows) == [(f"report {report.pk}", None), (f"report {other.pk}", None)]


def test_a_report_is_forgotten_once_all_reports_on_the_subject_are_decided(
    report: Report, mina: Member, sora: Member, run_jobs: RunJobs
) -> None:
    other, _ = report_member(sora, mina.pk, reason="spam", text="")
    keys = list(report.images.values_list("key", flat=True))
    erase(mina)
    uphold(report)
    assert clean_up_reports() == 0
    dismiss(other)
    assert clean_up_reports() == 2
    run_jobs()
    assert is_forgotten(report)
    assert is_forgotten(other)
    assert not any(image_files.find_full(key) for key in keys)
    assert (report.reason, report.state, report.subject_digest) == ("nudity", "upheld", other.subject_digest)


def test_a_decided_report_is_forgotten_when_the_subject_is_erased(
    report: Report, mina: Member, run_jobs: RunJobs
) -> None:
    dismiss(report)
    erase(mina)
    run_jobs()
    assert is_forgotten(report)
    assert not ReportedImage.objects.exists()


def test_a_report_is_forgotten_ninety_days_after_the_erasure_even_if_open(
    report: Report, mina: Member, run_jobs: RunJobs
) -> None:
    erase(mina)
    with time_machine.travel(timezone.now() + timedelta(days=89)):
        assert clean_up_reports() == 0
    with time_machine.travel(timezone.now() + timedelta(days=91)):
        assert clean_up_reports() == 1
        run_jobs()
    assert is_forgotten(report)
    assert report.state == "open"


def test_the_text_of_an_erased_reporter_is_cleared_once_the_report_is_decided(
    report: Report, jun: Member, mina: Member
) -> None:
    decided, _ = report_member(jun, mina.pk, reason="spam", text="I know her.")
    dismiss(decided)
    digest = pseudonym(jun.pk)
    erase(jun)
    for one, text in ((report, "Look at Mina's second image."), (decided, "")):
        one.refresh_from_db()
        assert (one.reporter, one.reporter_digest, one.text, one.nickname) == (None, digest, text, "Mina")
    uphold(report)
    assert clean_up_reports() == 1
    report.refresh_from_db()
    assert (report.text, report.subject_text) == ("", "Look at this.")


def test_a_failed_deletion_of_copies_is_repeated_by_the_cleanup(
    report: Report, mina: Member, run_jobs: RunJobs
) -> None:
    ReportedImage.objects.update(discarded_at=timezone.now() - timedelta(days=2))
    clean_up_reports()
    run_jobs()
    assert not ReportedImage.objects.exists()


def join(proof: str) -> Any:
    profile = {
        "password": "a long password by the sea",
        "name": "Mina",
        "nickname": "Mi",
        "terms_version": "2026-11-01",
    }
    return Phone().post("members", proof=proof, **profile)


def test_a_member_without_upheld_reports_may_sign_up_anew_after_erasure(mina: Member, proof_for: CodeFor) -> None:
    address = mina.email
    report_member(MemberFactory.create(), mina.pk, reason="spam", text="")
    erase(mina)
    assert not BannedAddress.objects.exists()
    assert join(proof_for(address)).status_code == 201


def test_erasure_does_not_end_a_suspension_of_the_address(mina: Member, proof_for: CodeFor) -> None:
    address = mina.email
    mina.suspend(timezone.now() + timedelta(days=30))
    erase(mina)
    response = join(proof_for(address))
    assert (response.status_code, response.json()["code"]) == (409, "email_taken")
    assert clean_up_banned_addresses() == 0
    with time_machine.travel(timezone.now() + timedelta(days=30, minutes=1)):
        assert join(proof_for(address)).status_code == 201
        assert clean_up_banned_addresses() == 1


@pytest.mark.parametrize(("days", "held"), [(364, True), (366, False)])
def test_an_upheld_report_bans_the_address_for_a_year(mina: Member, jun: Member, days: int, held: bool) -> None:
    report, _ = report_member(jun, mina.pk, reason="child_safety", text="")
    uphold(report)
    address = mina.email
    erase(mina)
    with time_machine.travel(timezone.now() + timedelta(days=days)):
        assert BannedAddress.objects.is_banned(address.upper()) is held
    assert not BannedAddress.objects.is_banned("somebody@example.com")


def test_a_withdrawn_member_with_an_upheld_report_cannot_sign_up_anew(
    mina: Member, jun: Member, proof_for: CodeFor
) -> None:
    post = PostFactory.create(author=mina)
    uphold(report_post(jun, post.pk, reason="hate", text="")[0])
    mina.withdraw()
    assert join(proof_for(mina.email)).json()["code"] == "email_taken"
    assert Post.objects.filter(pk=post.pk).exists()
    assert not BannedAddress.objects.exists()


def test_changing_the_address_first_does_not_avoid_the_ban(
    mina: Member, jun: Member, proof_for: CodeFor, run_jobs: RunJobs, mailoutbox: SentEmails
) -> None:
    uphold(report_member(jun, mina.pk, reason="child_safety", text="")[0])
    phone, former, later = Phone.of(mina), mina.email, "later@example.com"
    phone.post("me/email", email=later, password=PASSWORD)
    run_jobs()
    assert phone.post("me/email/confirm", email=later, code=last_code(mailoutbox, later)).status_code == 200
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204
    for email in (former, later):
        assert join(proof_for(email)).json()["code"] == "email_taken"
    assert BannedAddress.objects.get().digest == address_digests(former)[0]


def test_an_address_stays_banned_while_the_secret_key_is_rotated(mina: Member, settings: Settings) -> None:
    BannedAddress.objects.ban(mina.email, timezone.now() + timedelta(days=1))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key " * 6
    assert BannedAddress.objects.is_banned(mina.email)
