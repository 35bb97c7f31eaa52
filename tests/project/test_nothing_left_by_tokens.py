"""A token that is not good for what it is used leaves nothing behind: no row is made or changed, no file."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import Member
from tests.accounts.tokens import claims, forged, own_key
from tests.conftest import logged_in
from tests.erasing import erase
from tests.factories import PASSWORD, PostFactory, upload
from tests.project.problems import is_problem
from tests.project.snapshots import snapshot

V1 = "/api/v1"
LONG_AGO = int(time.time()) - 100_000
pytestmark = pytest.mark.django_db


def segment(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unsigned(token: str, algorithm: str = "none") -> str:
    """The same claims, and nobody's word for them."""
    return f"{segment({'typ': 'JWT', 'alg': algorithm, 'kid': own_key()[0]})}.{segment(claims(token))}."


def tampered(token: str) -> str:
    """The token with its signature a little off."""
    head, payload, signature = token.split(".")
    return f"{head}.{payload}.{'B' if signature[0] == 'A' else 'A'}{signature[1:]}"


def by_rsa(token: str) -> str:
    """Signed with somebody's private key, where we sign with a secret."""
    return forged(token, algorithm="RS256", key=rsa.generate_private_key(public_exponent=65_537, key_size=2_048))


def extended(token: str) -> str:
    """Other claims under the old signature."""
    head, _, signature = token.split(".")
    return f"{head}.{segment(claims(token) | {'exp': 99_999_999_999})}.{signature}"


Forge = Callable[[str], str]
FORGERIES: dict[str, tuple[Forge, str]] = {
    "expired": (lambda token: forged(token, iat=LONG_AGO - 600, exp=LONG_AGO), "token_expired"),
    "its signature changed": (tampered, "token_invalid"),
    "its claims changed": (extended, "token_invalid"),
    "signed by a foreign key": (lambda token: forged(token, key="a secret of somebody else's, long"), "token_invalid"),
    "named by a foreign key": (lambda token: forged(token, kid="unknown"), "token_invalid"),
    "alg: none": (unsigned, "token_invalid"),
    "alg: None": (lambda token: unsigned(token, "None"), "token_invalid"),
    "without alg": (lambda token: unsigned(token, ""), "token_invalid"),
    "RS for HS": (by_rsa, "token_invalid"),
    "HS512 for HS256": (lambda token: forged(token, key=own_key()[1] * 2, algorithm="HS512"), "token_invalid"),
    "for another audience": (lambda token: forged(token, aud="android"), "token_invalid"),
    "of another issuer": (lambda token: forged(token, iss="somebody"), "token_invalid"),
    "garbage": (lambda token: "a.b.c", "token_invalid"),
}


def all_refused(access: str, other: Member, post: Any, code: str) -> bool:
    """Whether everything that one would do with this token is 401."""
    client = APIClient(raise_request_exception=False, HTTP_AUTHORIZATION=f"Bearer {access}")
    answers = [
        client.post(f"{V1}/posts", {"text": "x"}, format="json"),
        client.post(f"{V1}/posts", {"text": "x", "images": upload()}, format="multipart"),
        client.post(f"{V1}/images", {"image": upload()}, format="multipart", HTTP_IDEMPOTENCY_KEY="k"),
        client.post(f"{V1}/reports", {"member_id": str(other.pk), "reason": "spam"}, format="json"),
        client.post(f"{V1}/me/exports", HTTP_IDEMPOTENCY_KEY="k"),
        client.patch(f"{V1}/me", {"about": "x"}, format="json"),
        client.put(f"{V1}/follows/{other.pk}"),
        client.put(f"{V1}/blocks/{other.pk}"),
        client.delete(f"{V1}/posts/{post.pk}"),
        client.post(f"{V1}/sessions/end-others"),
        client.post(f"{V1}/me/withdrawal", {"password": PASSWORD}, format="json"),
        client.get(f"{V1}/me"),
    ]
    return all(is_problem(answer, 401, code) for answer in answers)


def refreshed(token: str) -> Any:
    """The answer to a token that is sent to be renewed."""
    client = APIClient(raise_request_exception=False)
    return client.post(f"{V1}/sessions/refresh", {"refresh": token}, format="json")


@pytest.mark.parametrize(("forge", "code"), FORGERIES.values(), ids=FORGERIES)
def test_a_token_that_is_not_good_leaves_nothing_behind(mina: Member, jun: Member, forge: Forge, code: str) -> None:
    post, client = PostFactory.create(author=mina), logged_in(mina)
    pair: Any = client.pair  # type: ignore[attr-defined]
    before = snapshot()
    assert all_refused(forge(str(pair.access)), jun, post, code)
    assert is_problem(refreshed(forge(str(pair.refresh))), 401, code)
    assert snapshot() == before
    assert client.get(f"{V1}/me").status_code == 200


def test_a_token_of_the_other_kind_leaves_nothing_behind(mina: Member, jun: Member) -> None:
    post, client = PostFactory.create(author=mina), logged_in(mina)
    pair: Any = client.pair  # type: ignore[attr-defined]
    before = snapshot()
    assert all_refused(str(pair.refresh), jun, post, "token_invalid")
    assert is_problem(refreshed(str(pair.access)), 401, "token_invalid")
    assert snapshot() == before


def test_a_public_key_taken_for_a_secret_leaves_nothing_behind(mina: Member, jun: Member, settings: Settings) -> None:
    key = ed25519.Ed25519PrivateKey.generate()
    pem, shape = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    settings.JWT_ALGORITHM, settings.JWT_KEYS = "EdDSA", [f"2026:{base64.b64encode(private).decode()}"]
    post, client = PostFactory.create(author=mina), logged_in(mina)
    payload = segment(claims(str(client.pair.access)))  # type: ignore[attr-defined]
    text = f"{segment({'typ': 'JWT', 'alg': 'HS256', 'kid': '2026'})}.{payload}"
    signature = hmac.digest(key.public_key().public_bytes(pem, shape), text.encode(), hashlib.sha256)
    before = snapshot()
    assert all_refused(f"{text}.{segment(signature)}", jun, post, "token_invalid")
    assert snapshot() == before
    assert client.get(f"{V1}/me").status_code == 200


def suspend(member: Member) -> None:
    member.suspend(timezone.now() + timedelta(days=1))


def leave_for_good(member: Member) -> None:
    member.withdraw()
    erase(member)


@pytest.mark.parametrize("end", [Member.withdraw, suspend, leave_for_good])
def test_the_tokens_of_who_is_gone_leave_nothing_behind(
    mina: Member, jun: Member, end: Callable[[Member], None]
) -> None:
    post = PostFactory.create(author=mina)
    pair: Any = logged_in(mina).pair  # type: ignore[attr-defined]
    end(mina)
    before = snapshot()
    assert all_refused(str(pair.access), jun, post, "session_ended")
    assert is_problem(refreshed(str(pair.refresh)), 401)
    assert snapshot() == before
