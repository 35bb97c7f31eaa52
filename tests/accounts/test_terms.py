"""New terms must be accepted before a member writes."""

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Member
from tests.accounts.phone import Phone, code_of
from tests.factories import PASSWORD, PostFactory

pytestmark = pytest.mark.django_db
NEXT = "2027-01-01"


@pytest.fixture
def phone(mina: Member, settings: Settings) -> Phone:
    """Mina's, on the day the terms change."""
    phone = Phone.of(mina)
    phone.get("me")
    settings.TERMS_VERSION = NEXT
    return phone


def test_writing_is_refused_until_the_new_terms_are_accepted(phone: Phone, mina: Member, jun: Member) -> None:
    post = PostFactory.create(author=mina)
    answers = [
        phone.post("posts", text="Good morning"),
        phone.delete(f"posts/{post.pk}"),
        phone.patch("me", about="x"),
        phone.put(f"follows/{jun.pk}"),
        phone.post("me/password", current=PASSWORD, password="a brand new password"),
        phone.post("me/email", email="new@example.com", password=PASSWORD),
    ]
    assert [(answer.status_code, code_of(answer)) for answer in answers] == [(403, "terms_not_accepted")] * 6
    assert mina.posts.count() == 1


def test_reading_is_allowed_under_the_old_terms(phone: Phone, jun: Member) -> None:
    post = PostFactory.create(author=jun)
    for path in ("posts", f"posts/{post.pk}", "me", f"members/{jun.pk}", "sessions", "blocks", "config"):
        assert phone.get(path).status_code == 200


def test_a_data_export_needs_no_new_terms(phone: Phone) -> None:
    created = phone.post("me/exports")
    assert created.status_code == 202
    assert phone.get(f"me/exports/{created.json()['id']}").status_code == 200


def test_accepting_the_current_terms_allows_writing_again(phone: Phone, mina: Member) -> None:
    before = timezone.now()
    assert phone.post("me/terms", version=NEXT).status_code == 204
    assert phone.post("posts", text="Good morning").status_code == 201
    mina.refresh_from_db()
    assert mina.terms_version == NEXT
    assert mina.terms_accepted_at
    assert mina.terms_accepted_at >= before


def test_accepting_twice_keeps_the_first_time(phone: Phone) -> None:
    phone.post("me/terms", version=NEXT)
    first = phone.get("me").json()["terms_accepted_at"]
    assert phone.post("me/terms", version=NEXT).status_code == 204
    assert phone.get("me").json()["terms_accepted_at"] == first


@pytest.mark.parametrize("version", ["2026-11-01", "2099-01-01", "2027-01-01 "])
def test_only_the_current_terms_can_be_accepted(phone: Phone, version: str) -> None:
    answer = phone.post("me/terms", version=version)
    assert code_of(answer) == ("" if version.strip() == NEXT else "terms_outdated")


def test_members_who_do_not_accept_may_still_block_and_withdraw(phone: Phone, mina: Member, jun: Member) -> None:
    tablet = Phone.of(mina)
    assert phone.put(f"blocks/{jun.pk}").status_code == 204
    assert phone.delete(f"blocks/{jun.pk}").status_code == 204
    assert phone.store_tokens(phone.refresh()).status_code == 200
    assert phone.delete(f"sessions/{tablet.pair['session_id']}").status_code == 204
    assert phone.post("sessions/end-others").status_code == 204
    assert phone.post("me/withdrawal/code").status_code == 202
    assert phone.post("me/withdrawal", password=PASSWORD).status_code == 204


def test_members_who_do_not_accept_may_log_in_and_out(phone: Phone, mina: Member) -> None:
    other = Phone()
    assert other.log_in(mina.email).status_code == 201
    assert other.delete("sessions/current").status_code == 204


def test_the_terms_check_costs_a_query_until_the_next_token(
    phone: Phone, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    phone.post("me/terms", version=NEXT)
    with django_assert_num_queries(0):
        assert code_of(phone.get("posts?unknown=1")) == "unknown_field"
    with django_assert_num_queries(1) as queries:
        assert code_of(phone.post("posts?unknown=1", text="x")) == "unknown_field"
    assert "terms_version" in queries.captured_queries[0]["sql"]
    phone.store_tokens(phone.refresh())
    phone.get("me")
    with django_assert_num_queries(0):
        assert code_of(phone.post("posts?unknown=1", text="x")) == "unknown_field"


def test_a_method_that_is_not_allowed_is_refused_before_the_terms(phone: Phone) -> None:
    assert phone.put("config").status_code == 405
    assert phone.post("blocks").status_code == 405


def test_an_ended_session_is_refused_before_the_terms(phone: Phone) -> None:
    phone.delete("sessions/current")
    assert code_of(phone.post("posts", text="x")) == "session_ended"
