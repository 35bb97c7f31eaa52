"""Sign-up with a confirmed e-mail address."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member, SecurityEvent, VerificationCode
from media.image_urls import file_name
from media.models import Image
from tests.accounts.conftest import AtOnce, CodeFor
from tests.accounts.phone import Phone, code_of, comparable
from tests.accounts.tables import columns_containing
from tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
NEW = "new@example.com"
PASSWORD = "a long password by the sea"
TERMS = "2026-11-01"


def join(proof: str, **changes: Any) -> Any:
    body = {"proof": proof, "password": PASSWORD, "name": "Han Nari", "nickname": "Nari", "terms_version": TERMS}
    return Phone().post("members", **body | changes)


def refusals(answer: Any) -> set[tuple[str, str]]:
    return {(error["field"], error["code"]) for error in answer.json()["errors"]}


def test_a_new_member_is_logged_in_at_once(proof_for: CodeFor, phone: Phone) -> None:
    phone.store_tokens(join(proof_for(NEW), device="Nari's phone"))
    me = phone.get("me").json()
    assert (me["email"], me["name"], me["nickname"], me["terms_version"]) == (NEW, "Han Nari", "Nari", TERMS)
    assert me["id"] == phone.pair["member_id"]
    assert [device["device"] for device in phone.get("sessions").json()["results"]] == ["Nari's phone"]


def test_sign_up_records_the_accepted_terms_and_the_time(proof_for: CodeFor) -> None:
    before = timezone.now()
    join(proof_for(NEW))
    member = Member.objects.get()
    assert member.terms_version == TERMS
    assert member.terms_accepted_at
    assert before <= member.terms_accepted_at <= timezone.now()


def test_a_proof_works_for_one_successful_sign_up(proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    assert join(proof).status_code == 201
    assert code_of(join(proof)) == "proof_invalid"
    assert Member.objects.count() == 1


def test_refused_sign_ups_leave_the_proof_valid(proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    wrong = {"password": "short"}, {"terms_version": "2020-01-01"}, {"nickname": ""}, {"is_staff": True}
    assert [join(proof, **change).status_code for change in wrong] == [400] * 4
    assert not Member.objects.exists()
    assert join(proof).status_code == 201


@pytest.mark.parametrize(("seconds", "status"), [(1_799, 201), (1_800, 400)])
def test_a_proof_expires_after_half_an_hour(proof_for: CodeFor, seconds: int, status: int) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        proof = proof_for(NEW)
        clock.shift(seconds)
        assert join(proof).status_code == status


def test_a_forged_proof_is_refused_as_invalid(proof_for: CodeFor) -> None:
    head, _, tail = proof_for(NEW).rpartition(":")
    for forged in (f"{head}:{tail[::-1]}", f"x{head}:{tail}", head, ":", "x" * 400, "é:é:é"):
        assert code_of(join(forged)) == "proof_invalid"


def test_only_who_proved_an_address_learns_that_it_is_taken(proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    MemberFactory.create(email=NEW)
    answer = join(proof)
    assert (answer.status_code, code_of(answer)) == (409, "email_taken")


def test_an_address_in_another_case_is_the_same_member(proof_for: CodeFor) -> None:
    proof = proof_for("NEW@Example.com")
    MemberFactory.create(email="new@EXAMPLE.com")
    assert code_of(join(proof)) == "email_taken"
    assert Member.objects.get().email == NEW


def test_concurrent_sign_ups_with_one_address_make_one_member(at_once: AtOnce, proof_for: CodeFor) -> None:
    for number in range(5):
        proof = proof_for(f"new{number}@example.com")
        answers = at_once([partial(join, proof)] * 3)
        assert sorted(map(code_of, answers)) == ["", "proof_invalid", "proof_invalid"]
    assert Member.objects.count() == 5


@pytest.mark.parametrize(
    "field", ["is_staff", "is_superuser", "email", "id", "author", "suspended_until", "created_at"]
)
def test_fields_that_a_sign_up_may_not_set_are_refused(proof_for: CodeFor, field: str) -> None:
    answer = join(proof_for(NEW), **{field: "1"})
    assert code_of(answer) == "unknown_field"
    assert refusals(answer) == {(field, "unknown_field")}


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("ninechars", "password_too_short"),
        ("바다바다바다바다바", "password_too_short"),
        ("sea " * 32 + "!", "password_too_long"),
        ("1234567890", "password_too_common"),
        ("HeartToHeart1", "password_of_context"),
        ("ｈｅａｒｔｔｏｈｅａｒｔ!", "password_of_context"),
        ("sunflower-lane", "password_too_similar"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(proof_for: CodeFor, password: str, code: str) -> None:
    answer = join(proof_for(NEW), password=password, nickname="sunflowerlane")
    assert answer.status_code == 400
    assert ("password", code) in refusals(answer)


@pytest.mark.parametrize(
    "password", ["ten chars.", "바다가 보이는 작은 정원", " spaces at both ends ", "🌊" * 10, "sea " * 32]
)
def test_a_long_password_of_any_characters_is_accepted_unchanged(
    proof_for: CodeFor, phone: Phone, password: str
) -> None:
    assert join(proof_for(NEW), password=password).status_code == 201
    assert phone.log_in(NEW, password).status_code == 201
    assert code_of(phone.log_in(NEW, f"{password} ")) == "credentials_wrong"


def test_every_broken_rule_of_a_password_is_reported_at_once(proof_for: CodeFor) -> None:
    answer = join(proof_for(NEW), password="password")
    assert refusals(answer) == {("password", "password_too_short"), ("password", "password_too_common")}


def test_all_faulty_fields_are_reported_at_once_proof_and_terms_included() -> None:
    answer = join("x" * 20, password="short", nickname="", terms_version="2020-01-01")
    assert (answer.status_code, code_of(answer)) == (400, "invalid")
    assert refusals(answer) == {
        ("proof", "proof_invalid"),
        ("password", "password_too_short"),
        ("nickname", "blank"),
        ("terms_version", "terms_outdated"),
    }


def test_outdated_terms_alone_are_refused_with_their_own_code(proof_for: CodeFor) -> None:
    proof = proof_for(NEW)
    assert code_of(join(proof, terms_version="2020-01-01")) == "terms_outdated"
    assert code_of(join("x" * 20)) == "proof_invalid"
    assert refusals(join("x" * 20, terms_version="2020-01-01")) == {
        ("proof", "proof_invalid"),
        ("terms_version", "terms_outdated"),
    }


def test_names_are_stored_normalised_and_trimmed(proof_for: CodeFor) -> None:
    join(proof_for(NEW), nickname=" \u1102\u1161\u1105\u1175 ", name="E\u0301mile")
    member = Member.objects.get()
    assert (member.nickname, member.name) == ("\ub098\ub9ac", "\u00c9mile")


@pytest.mark.parametrize(
    ("nickname", "status"), [("나" * 30, 201), ("나" * 31, 400), ("👨‍👩‍👧‍👦" * 30, 201), ("👨‍👩‍👧‍👦" * 31, 400)]
)
def test_a_nickname_is_measured_in_the_emails_that_people_see(proof_for: CodeFor, nickname: str, status: int) -> None:
    assert join(proof_for(NEW), nickname=nickname).status_code == status


@pytest.mark.parametrize(
    "nickname", ["", "   ", "a\x00b", "a\nb", "a\x1bb", "a\u2028b", "\u202e", "\u0085", "e" + "\u0301" * 400]
)
def test_a_nickname_with_control_or_invisible_characters_is_refused(proof_for: CodeFor, nickname: str) -> None:
    assert join(proof_for(NEW), nickname=nickname).status_code == 400
    assert not Member.objects.exists()


def test_only_the_current_terms_can_be_accepted(proof_for: CodeFor, settings: Settings) -> None:
    settings.TERMS_VERSION = "2027-01-01"
    assert code_of(join(proof_for(NEW))) == "terms_outdated"


def test_a_withdrawn_member_who_proves_the_address_can_sign_up_anew(
    proof_for: CodeFor, mina: Member, run_jobs: Callable[[], None]
) -> None:
    SecurityEvent.objects.create(member=mina, kind=SecurityEvent.TOKEN_REUSED)
    old = Phone.of(mina)
    mina.withdraw()
    anew = Phone()
    assert anew.store_tokens(join(proof_for(mina.email))).status_code == 201
    assert anew.get("me").json()["nickname"] == "Nari"
    assert anew.pair["member_id"] != str(mina.pk)
    assert code_of(old.get("me")) == "session_ended"
    run_jobs()
    assert columns_containing(mina.pk, "Kim Mina") == ["outbox_job.payload"]
    assert code_of(old.get("me")) == "session_ended"


def test_signing_up_anew_deletes_the_images_of_the_old_account(
    proof_for: CodeFor, mina: Member, store_image: Callable[..., Image], run_jobs: Callable[[], None]
) -> None:
    image = store_image(mina)
    assert Phone.of(mina).put("me/avatar", image_id=str(image.pk)).status_code == 200
    mina.withdraw()
    assert join(proof_for(mina.email)).status_code == 201
    run_jobs()
    assert not Image.objects.exists()
    assert not default_storage.exists(file_name(image.key, "full"))


def test_a_proof_does_not_erase_a_member_who_returned_meanwhile(proof_for: CodeFor, mina: Member) -> None:
    mina.withdraw()
    proof = proof_for(mina.email)
    Phone().log_in(mina.email)
    assert code_of(join(proof)) == "email_taken"
    assert Member.objects.get() == mina


def test_a_proof_from_before_a_withdrawal_erases_nobody(proof_for: CodeFor, mina: Member) -> None:
    mina.withdraw()
    proof = proof_for(mina.email)
    Phone().log_in(mina.email)
    Member.objects.get().withdraw()
    assert code_of(join(proof)) == "proof_invalid"
    assert Phone().log_in(mina.email).status_code == 201


def test_the_password_is_stored_as_argon2_and_never_returned(proof_for: CodeFor, settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["accounts.credentials.hashers.LowMemoryArgon2Hasher"]
    answer = join(proof_for(NEW))
    assert Member.objects.get().password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in answer.content.decode()
    assert columns_containing(PASSWORD) == []


@pytest.mark.parametrize("password", ["margaretmargaret", "Margaret Margaret", "hearttohearthearttoheart"])
def test_a_repeated_name_is_refused_as_a_password(proof_for: CodeFor, password: str) -> None:
    refused = join(proof_for(NEW), nickname="Margaret", password=password)
    assert refused.status_code == 400
    assert ("password", "password_of_context") in refusals(refused)


def test_one_refusal_names_every_faulty_field(proof_for: CodeFor) -> None:
    refused = join("", password="short", name=" ", nickname="x" * 31, terms_version="t" * 41, device="x" * 81)
    assert (refused.status_code, code_of(refused)) == (400, "invalid")
    assert refusals(refused) == {
        ("proof", "blank"),
        ("password", "password_too_short"),
        ("name", "blank"),
        ("nickname", "max_graphemes"),
        ("terms_version", "max_length"),
        ("device", "max_graphemes"),
    }


def test_a_password_like_the_address_is_named_together_with_other_faults(proof_for: CodeFor) -> None:
    refused = join(proof_for("seaside.garden@example.com"), password="seaside.garden", nickname="")
    assert refusals(refused) == {("password", "password_too_similar"), ("nickname", "blank")}


def test_faulty_fields_do_not_tell_whether_an_address_is_known(proof_for: CodeFor, mina: Member) -> None:
    proofs = [proof_for(NEW)]
    code = VerificationCode.objects.create(
        email=mina.email, purpose=VerificationCode.SIGN_UP, language="en", requested_at=timezone.now(),
        nonce="n", confirmed_at=timezone.now(),
    )  # fmt: skip
    proofs.append(code.make_proof()[0])
    answers = [comparable(join(proof, password="short", nickname="")) for proof in proofs]
    assert answers == [answers[0]] * 2


@pytest.mark.parametrize("names", [{"name": ["a"]}, {"nickname": {}}, {"proof": []}, {"name": None}])
def test_a_field_of_the_wrong_kind_does_not_hide_a_bad_password(names: dict[str, Any]) -> None:
    refused = join(**{"proof": "x", "password": "short"} | names)
    assert {field for field, _ in refusals(refused)} == {*names, "proof", "password"}
