"""Suspended members are logged out and hidden."""

from datetime import timedelta

import pytest
import time_machine
from django.test import TestCase
from django.utils import timezone

from accounts.models import Follow, Member
from tests.accounts.phone import Phone, code_of
from tests.factories import PostFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's."""
    return Phone.of(mina)


def suspend(member: Member, days: float = 3) -> None:
    """As moderation does, commit included."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        member.suspend(timezone.now() + timedelta(days=days))


def test_a_suspension_ends_all_sessions_at_once(phone: Phone, mina: Member) -> None:
    tablet = Phone.of(mina)
    assert [device.get("me").status_code for device in (phone, tablet)] == [200, 200]
    suspend(mina)
    assert [code_of(device.get("me")) for device in (phone, tablet)] == ["session_ended"] * 2
    assert code_of(phone.refresh()) == "session_ended"
    assert code_of(phone.log_in(mina.email)) == "credentials_wrong"


def test_a_suspended_member_is_hidden_from_others(mina: Member, jun: Member, sora: Member) -> None:
    post, other = PostFactory.create(author=mina), Phone.of(jun)
    mina.follow(sora)
    suspend(mina)
    for path in (f"members/{mina.pk}", f"posts/{post.pk}", f"members/{mina.pk}/following"):
        assert other.get(path).status_code == 404
    for path in ("posts", f"posts?author={mina.pk}", f"members/{sora.pk}/followers"):
        assert other.get(path).json()["results"] == []
    assert other.put(f"follows/{mina.pk}").status_code == 404
    assert other.put(f"blocks/{mina.pk}").status_code == 204


def test_the_end_of_a_suspension_restores_everything(phone: Phone, mina: Member, jun: Member) -> None:
    post = PostFactory.create(author=mina)
    jun.follow(mina)
    suspend(mina)
    Member.objects.update(suspended_until=timezone.now() - timedelta(seconds=1))
    assert Phone.of(jun).get(f"posts/{post.pk}").status_code == 200
    assert phone.log_in(mina.email).status_code == 201
    assert Follow.objects.count() == 1


def test_login_works_from_the_second_the_suspension_ends(phone: Phone, mina: Member) -> None:
    suspend(mina)
    assert mina.suspended_until
    with time_machine.travel(mina.suspended_until - timedelta(seconds=1), tick=False) as clock:
        assert phone.log_in(mina.email).status_code == 401
        clock.move_to(mina.suspended_until)
        assert phone.log_in(mina.email).status_code == 201


def test_lifting_a_suspension_allows_login_and_revives_no_session(phone: Phone, mina: Member, jun: Member) -> None:
    suspend(mina)
    mina.lift()
    assert code_of(phone.get("me")) == "session_ended"
    assert phone.log_in(mina.email).status_code == 201
    assert Phone.of(jun).get(f"members/{mina.pk}").status_code == 200
