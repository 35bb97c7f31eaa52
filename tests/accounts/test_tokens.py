"""Which tokens are accepted, and how others are refused (RFC 6750, RFC 8725)."""

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
    """Mina's, logged in."""
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


def test_a_token_has_string_ids_and_no_personal_data(phone: Phone, mina: Member) -> None:
    payload = claims(phone.pair["access"])
    assert payload.keys() == {"typ", "exp", "iat", "jti", "sub", "sid", "aud", "iss", "terms"}
    assert (payload["sub"], payload["sid"], payload["aud"], payload["iss"]) == (
        str(mina.pk),
        phone.pair["session_id"],
        "v1",
        "heart-to-heart",
    )
    assert payload["exp"] - payload["iat"] == 600


def test_a_missing_token_gets_a_challenge_without_an_error() -> None:
    answer = ask_with(None)
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


@pytest.mark.parametrize("header", ["Basic bWluYTpwYXNz", "Token abc", "abc", "", "Bearerabc"])
def test_another_authentication_scheme_counts_as_no_token(header: str) -> None:
    answer = ask_with(header)
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "not_authenticated", "Bearer")


@pytest.mark.parametrize(
    "token", ["", "x", "a.b", "a.b.c", "a.b.c.d", "é.é.é", "null", "x" * 7_000, "{}.{}.{}", "..", "a b"]
)
def test_a_malformed_token_is_invalid(token: str) -> None:
    assert is_refused(token)


def test_the_bearer_scheme_is_case_insensitive(phone: Phone) -> None:
    assert ask_with(f"bEARER  {phone.pair['access']}").status_code == 200


def test_a_token_in_the_query_or_the_body_is_ignored(phone: Phone) -> None:
    access = phone.pair["access"]
    assert Phone().get(f"me?access_token={access}").status_code == 401
    assert Phone().patch("me", access_token=access).status_code == 401


def test_an_unsigned_token_is_refused(phone: Phone) -> None:
    payload = claims(phone.pair["access"])
    for name in ("none", "None", "NONE", ""):
        head = segment({"typ": "JWT", "alg": name, "kid": own_key()[0]})
        assert is_refused(f"{head}.{segment(payload)}.")


def test_a_token_by_another_algorithm_is_refused(phone: Phone) -> None:
    access = phone.pair["access"]
    rsa_key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    assert is_refused(forged(access, algorithm="HS512", key="long enough " * 10))
    assert is_refused(forged(access, algorithm="RS256", key=rsa_key))
    assert is_refused(forged(access, algorithm="EdDSA", key=ed25519_key()[0]))


def test_the_public_key_cannot_sign_as_a_shared_secret(phone: Phone, settings: Settings, mina: Member) -> None:
    key, written = ed25519_key()
    settings.JWT_ALGORITHM, settings.JWT_KEYS = "EdDSA", [f"2026:{written}"]
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head, body = (
        segment({"typ": "JWT", "alg": "HS256", "kid": "2026"}),
        segment(claims(str(Phone.of(mina).pair["access"]))),
    )
    signature = hmac.new(public, f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert is_refused(f"{head}.{body}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}")


def test_a_token_signed_by_a_foreign_key_is_refused(phone: Phone) -> None:
    assert is_refused(forged(phone.pair["access"], key="somebody else's secret of some length"))


@pytest.mark.parametrize("kid", ["unknown", "../../dev/null", "' OR 1=1", None])
def test_a_token_with_an_unknown_key_id_is_refused(phone: Phone, kid: str | None) -> None:
    assert is_refused(forged(phone.pair["access"], kid=kid))


@pytest.mark.parametrize(
    "key", [{"jwk": {"kty": "oct", "k": "YQ"}}, {"kid": ["local"]}, {"kid": {}}, {"kid": 1}, {"crit": ["exp"]}]
)
def test_a_token_header_with_its_own_key_is_refused(phone: Phone, key: dict[str, Any]) -> None:
    head = {"typ": "JWT", "alg": "HS256", "kid": "local"} | key
    assert is_refused(f"{segment(head)}.{segment(claims(phone.pair['access']))}.YQ")


def test_keys_can_be_rotated_without_logging_anyone_out(phone: Phone, mina: Member, settings: Settings) -> None:
    old_key = settings.JWT_KEYS[0]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", old_key]
    assert phone.get("me").status_code == 200
    old = phone.pair["access"]
    assert phone.store_tokens(phone.refresh()).status_code == 200
    settings.JWT_KEYS = settings.JWT_KEYS[:1]
    assert phone.get("me").status_code == 200
    assert is_refused(old)


def test_a_successor_signed_by_a_newer_key_has_the_same_identity(phone: Phone, settings: Settings) -> None:
    first = phone.refresh().json()["refresh"]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters", *settings.JWT_KEYS]
    again = phone.refresh().json()["refresh"]
    assert claims(first) == claims(again)
    assert [phone.refresh(token).status_code for token in (first, again)] == [200, 200]


def test_with_eddsa_tokens_work_and_others_can_verify_them(mina: Member, settings: Settings) -> None:
    _, written = ed25519_key()
    settings.JWT_ALGORITHM, settings.JWT_KEYS = "EdDSA", [f"2026:{written}"]
    phone = Phone.of(mina)
    assert phone.get("me").status_code == 200
    assert len({phone.refresh().json()["refresh"] for _ in range(2)}) == 1
    assert phone.store_tokens(phone.refresh()).status_code == 200
    assert is_refused(forged(phone.pair["access"], key="some secret of more than 32 characters", kid="2026"))


@pytest.mark.parametrize(
    "changes",
    [{"aud": "android"}, {"aud": None}, {"aud": []}, {"iss": "somebody"}, {"iss": None}, {"exp": None}, {"jti": None},
     {"typ": None}, {"typ": "id"}, {"sid": None}, {"sid": "x"}, {"sub": None}, {"sub": "x"}, {"sub": 5},
     {"exp": "soon"}, {"nbf": 99_999_999_999}],
)  # fmt: skip
def test_a_token_with_a_wrong_or_missing_claim_is_refused(phone: Phone, changes: dict[str, Any]) -> None:
    assert is_refused(forged(phone.pair["access"], **changes))
    assert ask_with(f"Bearer {forged(phone.pair['access'])}").status_code == 200


@pytest.mark.parametrize("ahead", [5, 120, 86_400, 99_999_999_999])
def test_tokens_of_a_server_whose_clock_is_ahead_are_valid(phone: Phone, ahead: int) -> None:
    iat = int(timezone.now().timestamp()) + ahead
    assert ask_with(f"Bearer {forged(phone.pair['access'], iat=iat)}").status_code == 200
    assert phone.refresh(forged(phone.pair["refresh"], iat=iat)).status_code == 200


@pytest.mark.parametrize(
    "changes", [{"aud": "android"}, {"aud": None}, {"iss": "x"}, {"typ": "access"}, {"sid": "1"}, {"sub": "1"}]
)
def test_a_refresh_token_is_verified_as_strictly(phone: Phone, changes: dict[str, Any]) -> None:
    answer = phone.refresh(forged(phone.pair["refresh"], **changes))
    assert (answer.status_code, code_of(answer), answer["WWW-Authenticate"]) == (401, "token_invalid", INVALID)
    assert phone.refresh().status_code == 200


def test_access_and_refresh_tokens_are_not_interchangeable(phone: Phone) -> None:
    assert is_refused(phone.pair["refresh"])
    assert code_of(phone.refresh(phone.pair["access"])) == "token_invalid"


def test_an_access_token_expires_after_ten_minutes(phone: Phone) -> None:
    exp = claims(phone.pair["access"])["exp"]
    with time_machine.travel(exp - 1, tick=False) as clock:
        assert phone.get("me").status_code == 200
        clock.move_to(exp + LEEWAY)
        assert is_refused(phone.pair["access"], "token_expired")
        assert phone.store_tokens(phone.refresh()).status_code == 200
        assert phone.get("me").status_code == 200


def test_a_token_of_an_erased_member_is_refused(phone: Phone, mina: Member) -> None:
    mina.withdraw()
    erase(mina)
    assert is_refused(phone.pair["access"], "session_ended")
    assert phone.refresh().status_code == 401


def test_a_token_of_a_suspended_member_is_refused(phone: Phone, mina: Member) -> None:
    mina.suspend(timezone.now() + timedelta(days=1))
    assert is_refused(phone.pair["access"], "session_ended")


def test_a_token_cannot_name_a_session_of_another_member(phone: Phone, jun: Member) -> None:
    assert code_of(phone.refresh(forged(phone.pair["refresh"], sub=str(jun.pk)))) == "token_invalid"


def test_an_expired_token_of_another_type_or_audience_is_invalid(phone: Phone) -> None:
    over = int(timezone.now().timestamp()) - 60
    assert is_refused(forged(phone.pair["access"], exp=over), "token_expired")
    assert is_refused(forged(phone.pair["access"], exp=over, aud="android"))
    assert is_refused(forged(phone.pair["refresh"], exp=over))
    assert code_of(phone.refresh(forged(phone.pair["refresh"], exp=over))) == "token_expired"
    assert code_of(phone.refresh(forged(phone.pair["access"], exp=over))) == "token_invalid"


def test_a_token_that_was_accepted_before_expires_and_goes_with_its_key(phone: Phone, settings: Settings) -> None:
    token, keys = phone.pair["access"], settings.JWT_KEYS
    assert [ask_with(f"Bearer {token}").status_code for _ in range(2)] == [200, 200]
    settings.JWT_KEYS = ["next:another secret of more than 32 characters"]
    assert is_refused(token)
    settings.JWT_KEYS = keys
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.ACCESS_TOKEN_SECONDS + LEEWAY + 1)):
        assert is_refused(token, "token_expired")
    assert ask_with(f"Bearer {token}").status_code == 200


def test_a_token_that_was_accepted_before_ends_with_its_session(phone: Phone) -> None:
    token = phone.pair["access"]
    assert ask_with(f"Bearer {token}").status_code == 200
    assert phone.delete("sessions/current").status_code == 204
    assert is_refused(token, "session_ended")
