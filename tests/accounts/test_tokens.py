"""Which tokens each audience accepts, and what an error says (RFC 6750, RFC 8725)."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Member
from accounts.sessions.tokens import LEEWAY
from tests.accounts.phone import Phone, code_of
from tests.accounts.tokens import claims, forged, own_key
from tests.erasing import erase

pytestmark = pytest.mark.django_db
INVALID = 'Bearer error="invalid_token"'


@pytest.fixture
def phone(mina: Member) -> Phone:
    """Mina's, signed in."""
    return Phone.of(mina)


def ask_with(header: str | None) -> Any:
    headers = {} if header is None else {"Authorization": header}
    return Phone().client.get("/api/v1/me", headers=headers)


def is_refused(token: str, code: str = "token_invalid") -> bool:
    answer = ask_with(f"Bearer {token}")
    return (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, code, INVALID)


def ed25519_key() -> tuple[ed25519.Ed25519PrivateKey, str]:
    """A key, and how the settings write it."""
    key = ed25519.Ed25519PrivateKey.generate()
    encoding, shape, nothing = (
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return key, base64.b64encode(key.private_bytes(encoding, shape, nothing)).decode()


def segment(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def test_a_token_says_whose_it_is_in_text_and_nothing_personal(phone: Phone, mina: Member) -> None:
    said = claims(phone.pair["access"])
    assert said.keys() == {"typ", "exp", "iat", "jti", "sub", "sid", "aud", "iss"}
    assert (said["sub"], said["sid"], said["aud"], said["iss"]) == (
        str(mina.pk),
        phone.pair["session_id"],
        "v1",
        "heart-to-heart",
    )
    assert said["exp"] - said["iat"] == 600


def test_no_token_at_all_is_asked_for_one_without_an_error() -> None:
    answer = ask_with(None)
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


@pytest.mark.parametrize("header", ["Basic bWluYTpwYXNz", "Token abc", "abc", "", "Bearerabc"])
def test_another_way_of_signing_in_is_like_none(header: str) -> None:
    answer = ask_with(header)
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "null", "x" * 7_000, "{}.{}.{}", "..", "a b"]
)
def test_garbage_is_an_invalid_token(token: str) -> None:
    assert is_refused(token)


def test_the_word_bearer_is_read_in_any_case(phone: Phone) -> None:
    assert ask_with(f"bEARER  {phone.pair['access']}").status_code == 200


def test_a_token_in_the_query_or_the_body_is_not_looked_at(phone: Phone) -> None:
    access = phone.pair["access"]
    assert Phone().get(f"me?access_token={access}").status_code == 401
    assert Phone().patch("me", access_token=access).status_code == 401


def test_an_unsigned_token_is_refused(phone: Phone) -> None:
    said = claims(phone.pair["access"])
    for name in ("none", "None", "NONE", ""):
        head = segment({"typ": "JWT", "alg": name, "kid": own_key()[0]})
        assert is_refused(f"{head}.{segment(said)}.")


def test_a_token_by_another_algorithm_is_refused(phone: Phone) -> None:
    access = phone.pair["access"]
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    assert is_refused(forged(access, algorithm="HS512", key="long enough " * 10))
    assert is_refused(forged(access, algorithm="RS256", key=rsa_key))
    assert is_refused(forged(access, algorithm="EdDSA", key=ed25519_key()[0]))


def test_the_public_key_is_no_secret_to_sign_with(phone: Phone, settings: Settings, mina: Member) -> None:
    key, written = ed25519_key()
    settings.JWT_ALGORITHM, settings.JWT_KEYS = "EdDSA", [f"2026:{written}"]
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body = (
        segment({"typ": "JWT", "alg": "HS256", "kid": "2026"}),
        segment(claims(str(Phone.of(mina).pair["access"]))),
    )
    signature = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert is_refused(f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_a_foreign_key_is_refused(phone: Phone) -> None:
    assert is_refused(forged(phone.pair["access"], key="somebody else's secret of some length"))


@pytest.mark.parametrize("kid", ["unknown", "../../dev/null", "' OR 1=1", None])
def test_a_key_that_we_do_not_know_is_refused(phone: Phone, kid: str | None) -> None:
    assert is_refused(forged(phone.pair["access"], kid=kid))


@pytest.mark.parametrize(
    "key", [{"jwk": {"kty": "oct", "k": "YQ"}}, {"kid": ["local"]}, {"kid": {}}, {"kid": 1}, {"crit": ["exp"]}]
)
def test_a_header_that_brings_its_own_rules_is_refused(phone: Phone, key: dict[str, Any]) -> None:
    head = {"typ": "JWT", "alg": "HS256", "kid": "local"} | key
    assert is_refused(f"{segment(head)}.{segment(claims(phone.pair['access']))}.YQ")


def test_keys_change_without_logging_anyone_out(phone: Phone, mina: Member, settings: Settings) -> None:
    old_key = settings.JWT_KEYS[0]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", old_key]
    assert phone.get("me").status_code == 200
    old = phone.pair["access"]
    assert phone.keep(phone.refresh()).status_code == 200
    settings.JWT_KEYS = settings.JWT_KEYS[:1]
    assert phone.get("me").status_code == 200
    assert is_refused(old)


def test_a_successor_signed_by_another_key_is_the_same_token(phone: Phone, settings: Settings) -> None:
    first = phone.refresh().json()["refresh"]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", *settings.JWT_KEYS]
    again = phone.refresh().json()["refresh"]
    assert claims(first) == claims(again)
    assert [phone.refresh(token).status_code for token in (first, again)] == [200, 200]


def test_with_eddsa_others_can_verify_and_a_token_opens(mina: Member, settings: Settings) -> None:
    _, written = ed25519_key()
    settings.JWT_ALGORITHM, settings.JWT_KEYS = "EdDSA", [f"2026:{written}"]
    phone = Phone.of(mina)
    assert phone.get("me").status_code == 200
    assert len({phone.refresh().json()["refresh"] for _ in range(2)}) == 1
    assert phone.keep(phone.refresh()).status_code == 200
    assert is_refused(forged(phone.pair["access"], key="some secret of more than 32 characters", kid="2026"))


@pytest.mark.parametrize(
    "changes",
    [{"aud": "android"}, {"aud": None}, {"aud": []}, {"iss": "somebody"}, {"iss": None}, {"exp": None}, {"jti": None},
     {"typ": None}, {"typ": "id"}, {"sid": None}, {"sid": "x"}, {"sub": None}, {"sub": "x"}, {"sub": 5},
     {"exp": "soon"}, {"iat": 99_999_999_999}, {"nbf": 99_999_999_999}],
)  # fmt: skip
def test_a_claim_that_is_wrong_or_missing_is_refused(phone: Phone, changes: dict[str, Any]) -> None:
    assert is_refused(forged(phone.pair["access"], **changes))
    assert ask_with(f"Bearer {forged(phone.pair['access'])}").status_code == 200


@pytest.mark.parametrize(
    "changes", [{"aud": "android"}, {"aud": None}, {"iss": "x"}, {"typ": "access"}, {"sid": "1"}, {"sub": "1"}]
)
def test_a_refresh_token_is_looked_at_as_closely(phone: Phone, changes: dict[str, Any]) -> None:
    answer = phone.refresh(forged(phone.pair["refresh"], **changes))
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "token_invalid", INVALID)
    assert phone.refresh().status_code == 200


def test_neither_token_does_the_work_of_the_other(phone: Phone) -> None:
    assert is_refused(phone.pair["refresh"])
    assert code_of(phone.refresh(phone.pair["access"])) == "token_invalid"


def test_an_access_token_expires_after_ten_minutes(phone: Phone) -> None:
    exp = claims(phone.pair["access"])["exp"]
    with time_machine.travel(exp - 1, tick=False) as clock:
        assert phone.get("me").status_code == 200
        clock.move_to(exp + LEEWAY)
        assert is_refused(phone.pair["access"], "token_expired")
        assert phone.keep(phone.refresh()).status_code == 200
        assert phone.get("me").status_code == 200


def test_the_token_of_an_erased_member_opens_nothing(phone: Phone, mina: Member) -> None:
    mina.withdraw()
    erase(mina)
    assert is_refused(phone.pair["access"], "session_ended")
    assert phone.refresh().status_code == 401


def test_the_token_of_a_suspended_member_opens_nothing(phone: Phone, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    assert is_refused(phone.pair["access"], "session_ended")


def test_the_session_of_somebody_else_cannot_be_borrowed(phone: Phone, jun: Member) -> None:
    assert code_of(phone.refresh(forged(phone.pair["refresh"], sub=str(jun.pk)))) == "token_invalid"


def test_an_expired_token_of_another_kind_or_door_is_just_invalid(phone: Phone) -> None:
    over = int(timezone.now().timestamp()) - 60
    assert is_refused(forged(phone.pair["access"], exp=over), "token_expired")
    assert is_refused(forged(phone.pair["access"], exp=over, aud="android"))
    assert is_refused(forged(phone.pair["refresh"], exp=over))
    assert code_of(phone.refresh(forged(phone.pair["refresh"], exp=over))) == "token_expired"
    assert code_of(phone.refresh(forged(phone.pair["access"], exp=over))) == "token_invalid"
