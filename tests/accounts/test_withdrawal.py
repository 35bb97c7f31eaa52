"""Withdrawal: hidden and logged out at once, cancelled by a login in the grace period, erased after it."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.test import TestCase
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken

from accounts.models import Member, SecurityEvent
from libs.outbox.cleanup import clean_up_jobs
from media.models import Image
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone, code_of
from tests.accounts.sent_emails import SentEmails
from tests.accounts.tables import columns_containing
from tests.factories import PASSWORD, PostFactory, upload

pytestmark = pytest.mark.django_db
MakeImage = Callable[..., Image]


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's phone, logged in."""
    return Phone.of(mina)


def start_due_erasures(capsys: pytest.CaptureFixture[str]) -> int:
    """Run the scheduled clean-up; how many members are being erased."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("cleanup", "--task", "members", "--json")
    return int(json.loads(capsys.readouterr().out)["members"])


def withdraw_days_ago(member: Member, days: float) -> None:
    Member.objects.filter(pk=member.pk).update(withdrawn_at=timezone.now() - timedelta(days=days))


def test_withdrawal_hides_the_member_and_ends_all_sessions_at_once(phone: Phone, mina: Member, jun: Member) -> None:
    post, other, tablet = PostFactory.create(author=mina), Phone.of(jun), Phone.of(mina)
    assert tablet.get("me").status_code == 200
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204
    assert [code_of(device.get("me")) for device in (phone, tablet)] == ["session_ended"] * 2
    assert code_of(tablet.refresh()) == "session_ended"
    for path in (f"members/{mina.pk}", f"posts/{post.pk}", f"members/{mina.pk}/followers"):
        assert other.get(path).status_code == 404
    assert other.get("posts").json()["results"] == []


@pytest.mark.parametrize(
    ("language", "until"), [("en", "Until Dec. 15, 2026, 6 p.m. KST"), ("ko", "2026년 12월 15일 오후 6:00 KST까지")]
)
def test_an_email_says_until_when_a_withdrawal_can_be_cancelled(
    mina: Member, run_jobs: Callable[[], None], mailoutbox: SentEmails, language: str, until: str
) -> None:
    mina.set_language(language)
    with time_machine.travel(datetime(2026, 12, 1, 9, tzinfo=UTC)):
        mina.withdraw()
        run_jobs()
    (message,) = mailoutbox
    assert message.to == [mina.email]
    assert until in str(message.body)
    assert "/reset-password/" in str(message.body)


def test_a_withdrawal_that_is_cancelled_at_once_sends_no_email(
    mina: Member, run_jobs: Callable[[], None], mailoutbox: SentEmails
) -> None:
    mina.withdraw()
    mina.cancel_withdrawal()
    run_jobs()
    assert mailoutbox == []


def test_withdrawing_again_and_again_sends_a_few_emails_only(
    mina: Member, run_jobs: Callable[[], None], mailoutbox: SentEmails
) -> None:
    for _ in range(15):
        mina.withdraw()
        run_jobs()
        mina.cancel_withdrawal()
    assert len(mailoutbox) == 10


def test_a_wrong_password_does_not_withdraw_the_member(phone: Phone, mina: Member) -> None:
    response = phone.post("me/withdrawal", password="wrong")
    assert (response.status_code, code_of(response)) == (403, "password_wrong")
    mina.refresh_from_db()
    assert mina.withdrawn_at is None
    assert phone.get("me").status_code == 200


def test_guessing_the_password_of_a_withdrawal_is_limited(phone: Phone) -> None:
    responses = [phone.post("me/withdrawal", password="wrong") for _ in range(11)]
    assert [code_of(response) for response in responses] == ["password_wrong"] * 10 + ["too_many_guesses"]
    assert code_of(phone.post("me/withdrawal", password=PASSWORD)) == "too_many_guesses"


def test_logging_in_cancels_the_withdrawal_and_restores_everything(phone: Phone, mina: Member, jun: Member) -> None:
    post = PostFactory.create(author=mina)
    mina.follow(jun)
    phone.post("me/withdrawal", password=PASSWORD)
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        assert phone.log_in(mina.email).status_code == 201
        assert phone.get("me").json()["counts"] == {"followers": 0, "following": 1, "posts": 1}
        assert Phone.of(jun).get(f"posts/{post.pk}").status_code == 200


def test_logging_in_after_the_grace_period_is_refused(phone: Phone, mina: Member) -> None:
    withdraw_days_ago(mina, settings.WITHDRAWAL_GRACE_DAYS)
    assert code_of(phone.log_in(mina.email)) == "credentials_wrong"


def test_the_clean_up_erases_only_members_whose_grace_period_is_over(
    mina: Member, jun: Member, sora: Member, capsys: pytest.CaptureFixture[str], run_jobs: Callable[[], None]
) -> None:
    withdraw_days_ago(mina, 14.1)
    withdraw_days_ago(jun, 13.9)
    assert start_due_erasures(capsys) == 1
    run_jobs()
    assert set(Member.objects.all()) == {jun, sora}


def create_all_kinds_of_data(mina: Member, jun: Member, store_image: MakeImage, code_for: CodeFor) -> Phone:
    """Create data of all kinds that a member can have; returns their phone."""
    phone = Phone()
    code_for(mina.email)
    phone.log_in(mina.email, "wrong password")
    phone.log_in(mina.email, device="Mina's own phone")
    old = phone.pair["refresh"]
    phone.put("me/avatar", image_id=str(store_image(mina).pk))
    phone.post("posts", text="Mina was here", image_ids=[str(store_image(mina).pk)])
    phone.client.post("/api/v1/images", {"image": upload(), "alt": "Mina"}, headers=authorization(phone))
    phone.put(f"follows/{jun.pk}"), jun.follow(mina)
    for _ in range(2):
        phone.store_tokens(phone.refresh())
    phone.refresh(old)
    phone.log_in(mina.email)
    phone.put(f"blocks/{jun.pk}"), jun.block(mina)
    assert SecurityEvent.objects.get().member == mina
    return phone


def authorization(phone: Phone) -> dict[str, str]:
    return {"Authorization": f"Bearer {phone.pair['access']}"}


def stored_files() -> list[Path]:
    return list(Path(settings.MEDIA_ROOT).rglob("*.*"))


def test_nothing_of_an_erased_member_is_left_in_tables_or_storage(
    mina: Member, jun: Member, store_image: MakeImage, code_for: CodeFor, run_jobs: Callable[[], None],
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    before, member_id = set(stored_files()), mina.pk
    phone = create_all_kinds_of_data(mina, jun, store_image, code_for)
    run_jobs()
    assert len(set(stored_files()) - before) == 9
    assert columns_containing(member_id, mina.email, "mina")
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204
    withdraw_days_ago(mina, 15)
    assert start_due_erasures(capsys) == 1
    run_jobs()
    # Jobs that are done keep ids for a while.
    assert columns_containing(member_id, mina.email, "mina") == ["outbox_job.payload"]
    with time_machine.travel(timezone.now() + timedelta(hours=settings.OUTBOX_RETENTION_HOURS + 1)):
        clean_up_jobs()
    assert columns_containing(member_id, mina.email, "mina") == []
    assert not Image.objects.exists()
    assert not OutstandingToken.objects.exists()
    assert set(stored_files()) == before
    assert code_of(phone.get("me")) == "session_ended"
    assert Phone.of(jun).get("posts").status_code == 200


def test_erasing_a_member_does_not_touch_the_data_of_others(
    mina: Member, jun: Member, store_image: MakeImage, run_jobs: Callable[[], None], capsys: pytest.CaptureFixture[str]
) -> None:
    phone = Phone.of(jun)
    phone.post("posts", text="Jun stays", image_ids=[str(store_image(jun).pk)])
    run_jobs()
    posts: list[Any] = phone.get("posts").json()["results"]
    withdraw_days_ago(mina, 15)
    start_due_erasures(capsys)
    run_jobs()
    assert phone.get("posts").json()["results"] == posts
    assert Image.objects.count() == 1


def test_a_member_can_withdraw_cancel_and_withdraw_again(phone: Phone, mina: Member) -> None:
    for _ in range(2):
        assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204
        assert phone.log_in(mina.email).status_code == 201
    assert Member.objects.get(pk=mina.pk).withdrawn_at is None
