"""One password in all the forms that keyboards give it, and nothing hashed that is refused anyway."""

import unicodedata
from typing import Any, Literal

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from pytest_django import Settings

from accounts.credentials.hashers import LowMemoryArgon2Hasher
from accounts.models import Member
from tests.accounts.hashers import CountedArgon2
from tests.accounts.phone import Phone, code_of
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
Form = Literal["NFC", "NFD", "NFKC", "NFKD"]
FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
HANGUL, ACCENTS, FULL_WIDTH = "바닷가의 작은 마을 하나", "crème brûlée à Zürich", "ｂｙ　ｔｈｅ　ｓｅａ　１２３"


@pytest.fixture(autouse=True)
def _production_hasher(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.hashers.CountedArgon2"]


def log_in(member: Member, password: str) -> int:
    return int(Phone().post("sessions", email=member.email, password=password).status_code)


@pytest.mark.parametrize("password", [HANGUL, ACCENTS, FULL_WIDTH])
@pytest.mark.parametrize("stored", FORMS)
def test_a_password_works_in_whatever_form_a_keyboard_composes_it(mina: Member, password: str, stored: Form) -> None:
    mina.set_password(unicodedata.normalize(stored, password))
    mina.save()
    assert [log_in(mina, unicodedata.normalize(typed, password)) for typed in FORMS] == [201] * 4
    assert log_in(mina, password + "1") == 401


@pytest.mark.parametrize("stored", ["NFC", "NFD"])
@pytest.mark.parametrize("password", [HANGUL, ACCENTS, FULL_WIDTH, PASSWORD])
def test_a_password_hashed_as_typed_by_an_earlier_release_works(mina: Member, password: str, stored: Form) -> None:
    class AsTyped(LowMemoryArgon2Hasher):
        encode = Argon2PasswordHasher.encode

    mina.password = AsTyped().encode(unicodedata.normalize(stored, password), "some salt of old")
    mina.save()
    assert [log_in(mina, unicodedata.normalize(typed, password)) for typed in ("NFC", "NFD")] == [201, 201]


def test_the_length_of_a_password_is_that_of_its_normalised_form(mina: Member) -> None:
    mina.set_password(PASSWORD)
    mina.save()
    phone = Phone.of(mina)
    short, long = (unicodedata.normalize("NFD", text) for text in ("바닷가의마을", "바닷가의 작은 마을 " * 11))
    answers = [phone.post("me/password", current=PASSWORD, password=password) for password in (short, long)]
    assert [answer.status_code for answer in answers] == [400, 204]
    assert answers[0].json()["errors"][0]["code"] == "password_too_short"


def test_full_width_letters_are_no_way_round_the_common_passwords(mina: Member) -> None:
    mina.set_password(PASSWORD)
    mina.save()
    phone = Phone.of(mina)
    answer = phone.post("me/password", current=PASSWORD, password="ｐａｓｓｗｏｒｄ１２３４")
    assert answer.json()["errors"][0]["code"] == "password_too_common"


@pytest.mark.parametrize("password", [PASSWORD, HANGUL, unicodedata.normalize("NFD", HANGUL)])
def test_an_unknown_address_takes_as_many_hashes_as_a_member(mina: Member, password: str) -> None:
    mina.password = make_password("something else")
    mina.save()
    runs = []
    for email in (mina.email, "nobody@example.com"):
        CountedArgon2.runs.clear()
        assert code_of(Phone().post("sessions", email=email, password=password)) == "credentials_wrong"
        runs.append(list(CountedArgon2.runs))
    assert runs == [["verify"]] * 2


WITHOUT_RIGHT_CODE: list[tuple[str, dict[str, Any]]] = [
    ("/api/v1/members", {"proof": "made:up:proof", "name": "Han", "nickname": "Nari", "terms_version": "2026-11-01"}),
    ("/api/v1/password-resets/confirm", {"email": "mina@example.com", "code": "AAAAAAAA"}),
    ("/auth/join", {"email": "new@example.com", "name": "Han", "nickname": "Nari"}),
]


@pytest.mark.parametrize(("path", "fields"), WITHOUT_RIGHT_CODE)
def test_without_the_right_code_or_proof_nothing_is_hashed(mina: Member, path: str, fields: dict[str, Any]) -> None:
    CountedArgon2.runs.clear()
    answer = Phone().client.post(path, fields | {"password": "Three-words1!"}, content_type="application/json")
    assert answer.status_code == 400
    assert CountedArgon2.runs == []
