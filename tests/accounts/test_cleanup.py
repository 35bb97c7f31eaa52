"""Expired data is deleted, in chunks, and nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts import cleanup
from accounts.models import LoginSession, Member, SecurityEvent, VerificationCode
from libs.cleanup import CHUNK
from tests.accounts.conftest import CodeFor
from tests.accounts.phone import Phone

pytestmark = pytest.mark.django_db


def in_days(days: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + timedelta(days=days), tick=False)


def expired(number: int, since: int = 1) -> list[OutstandingToken]:
    """Refresh tokens that expired so many days ago."""
    until = timezone.now() - timedelta(days=since)
    return OutstandingToken.objects.bulk_create(
        OutstandingToken(jti=f"{number}-{since}", token="digest", expires_at=until) for number in range(number)
    )


def test_the_clean_up_keeps_everything_that_is_still_valid(mina: Member, code_for: CodeFor) -> None:
    phone = Phone.of(mina)
    phone.store_tokens(phone.refresh())
    code_for("new@example.com")
    phone.post("sessions", email=mina.email, password="wrong")
    assert (cleanup.clean_up_sessions(), cleanup.clean_up_codes(), cleanup.clean_up_password_guesses()) == (0, 0, 0)
    assert phone.refresh().status_code == 200


def test_an_expired_session_is_deleted_after_a_month(mina: Member, settings: Settings) -> None:
    Phone.of(mina)
    with in_days(settings.REFRESH_TOKEN_IDLE_DAYS + 29.9):
        cleanup.clean_up_sessions()
        assert LoginSession.objects.exists()
    with in_days(settings.REFRESH_TOKEN_IDLE_DAYS + 30.1):
        assert cleanup.clean_up_sessions() == 1
        assert not LoginSession.objects.exists()


def test_an_ended_session_is_deleted_after_a_month(mina: Member) -> None:
    ended, live = Phone.of(mina), Phone.of(mina)
    LoginSession.objects.update(
        expires_at=timezone.now() + timedelta(days=90), idle_at=timezone.now() + timedelta(days=90)
    )
    ended.delete("sessions/current")
    with in_days(30.1):
        cleanup.clean_up_sessions()
    assert [str(session.pk) for session in LoginSession.objects.all()] == [live.pair["session_id"]]


def test_refresh_tokens_are_deleted_when_they_have_expired(mina: Member, settings: Settings) -> None:
    phone = Phone.of(mina)
    for _ in range(2):
        phone.store_tokens(phone.refresh())
    assert BlacklistedToken.objects.exists()
    with in_days(settings.REFRESH_TOKEN_IDLE_DAYS + 0.1):
        assert cleanup.clean_up_sessions() == 3
    assert not OutstandingToken.objects.exists()
    assert not BlacklistedToken.objects.exists()


def test_a_spent_token_still_ends_its_session_after_the_clean_up(mina: Member) -> None:
    phone = Phone.of(mina)
    old = phone.pair["refresh"]
    for _ in range(2):
        phone.store_tokens(phone.refresh())
    cleanup.clean_up_sessions()
    assert phone.refresh(old).status_code == 401
    assert phone.refresh().status_code == 401


def test_many_rows_are_deleted_in_chunks_with_few_statements(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    many = 2 * CHUNK + 5
    BlacklistedToken.objects.bulk_create(BlacklistedToken(token=token) for token in expired(many))
    with django_assert_max_num_queries(22):
        assert cleanup.clean_up_sessions() == many
    assert not OutstandingToken.objects.exists()


def test_expired_tokens_are_found_by_an_index() -> None:
    names = connection.introspection.get_constraints(connection.cursor(), OutstandingToken._meta.db_table)
    assert any(found["index"] and found["columns"] == ["expires_at"] for found in names.values())


def test_codes_and_their_addresses_are_deleted_after_a_day(code_for: CodeFor) -> None:
    code_for("new@example.com")
    with in_days(0.99):
        assert cleanup.clean_up_codes() == 0
    with in_days(1.01):
        assert cleanup.clean_up_codes() == 1
    assert not VerificationCode.objects.exists()


def test_counters_of_wrong_passwords_are_deleted_after_their_window(
    phone: Phone, mina: Member, settings: Settings
) -> None:
    phone.log_in(mina.email, "wrong")
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS + 1)):
        assert cleanup.clean_up_password_guesses() == 1
    # Guesses in a row are remembered for a year.
    with in_days(364):
        assert cleanup.clean_up_password_guesses() == 0
    with in_days(366):
        assert cleanup.clean_up_password_guesses() == 1


def test_the_cleanup_command_deletes_rows_of_accounts_too(
    mina: Member, capsys: pytest.CaptureFixture[str], run_jobs: Callable[[], None]
) -> None:
    expired(3)
    mina.withdraw()
    with in_days(15):
        call_command("cleanup")
        run_jobs()
    assert not OutstandingToken.objects.exists()
    assert not Member.objects.exists()
    assert "members" in capsys.readouterr().out


def test_security_events_are_deleted_after_their_retention(mina: Member) -> None:
    SecurityEvent.objects.create(member=mina, kind=SecurityEvent.TOKEN_REUSED)
    assert cleanup.clean_up_security_events() == 0
    with in_days(181):
        assert cleanup.clean_up_security_events() == 1
