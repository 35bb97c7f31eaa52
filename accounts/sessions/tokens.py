"""Access and refresh tokens: claims, signing keys and audiences (RFC 7519, RFC 8725).

Built on SimpleJWT. Ours are several keys at a time, named by `kid`, and an audience for each interface, so that a
token issued for one is refused by the other.
"""

import base64
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from time import time
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import (
    ExpiredTokenError,
    TokenBackendError,
    TokenBackendExpiredToken,
    TokenError,
)
from rest_framework_simplejwt.tokens import Token

from accounts.errors import TokenExpired, TokenInvalid
from accounts.models.login_session import LoginSession, TokenIdentity

# The setting that holds the lifetime of an access token, by audience.
LIFETIMES = {"v1": "ACCESS_TOKEN_SECONDS", "android": "ANDROID_ACCESS_TOKEN_SECONDS"}
# How long a token is accepted after it has expired, since the clocks of two servers differ. Seconds.
LEEWAY = 3
# Verified tokens whose claims a process remembers, at 2 kB each: verifying costs a seventh of a feed page. A number.
MAX_REMEMBERED = 4_096


class KeyRing(TokenBackend):
    """Several signing keys: the newest signs, all verify, and the token's `kid` names its key (RFC 7515 4.1.4)."""

    def __init__(self, algorithm: str, keys: tuple[str, ...], audience: str) -> None:
        issuer = settings.SIMPLE_JWT["ISSUER"]
        super().__init__(algorithm, audience=audience, issuer=issuer, leeway=LEEWAY)
        pairs = [key.partition(":")[::2] for key in keys]
        self.newest = pairs[0][0]
        self.signing = {kid: self._signing_key(text) for kid, text in pairs}
        self.verifying = {kid: key if isinstance(key, bytes) else key.public_key() for kid, key in self.signing.items()}

    def _signing_key(self, text: str) -> Any:
        if self.algorithm.startswith("HS"):
            return text.encode()
        return load_pem_private_key(base64.b64decode(text), password=None)

    def get_verifying_key(self, token: Any) -> Any:
        """Return the key that the token names; raises jwt.InvalidTokenError for an unknown one."""
        try:
            return self.verifying[jwt.get_unverified_header(token)["kid"]]
        except (KeyError, TypeError):
            raise jwt.InvalidTokenError("unknown key") from None

    def encode(self, payload: dict[str, Any]) -> str:
        claims = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(claims, self.signing[self.newest], self.algorithm, headers={"kid": self.newest})

    def decode(self, token: Any, verify: bool = True) -> dict[str, Any]:
        """Return the verified claims. Raises TokenBackendError, and TokenBackendExpiredToken for an expired token."""
        try:
            claims = _remembered_claims(self, token) if verify else self._verified_claims(token, verify_signature=False)
            if int(claims["exp"]) <= time() - LEEWAY:
                raise jwt.ExpiredSignatureError("Signature has expired")
            return dict(claims)
        except jwt.ExpiredSignatureError as error:
            raise TokenBackendExpiredToken(str(error)) from error
        except jwt.InvalidTokenError as error:
            raise TokenBackendError(str(error)) from error

    def decode_ignoring_expiry(self, token: str) -> dict[str, Any]:
        """Like `decode`, but accepts an expired token; raises jwt.InvalidTokenError."""
        return self._verified_claims(token, verify_exp=False, require=["exp", "jti"])

    def _verified_claims(self, token: Any, **options: Any) -> dict[str, Any]:
        # `iat` says when a token was issued, not from when it is valid (RFC 7519 4.1.6): the clock of the server that
        # issued it may have been ahead of ours.
        without_iat: Any = options | {"verify_iat": False}
        claims: dict[str, Any] = jwt.decode(
            token,
            self.get_verifying_key(token),
            algorithms=[self.algorithm],
            audience=self.audience,
            issuer=self.issuer,
            leeway=LEEWAY,
            options=without_iat,
        )
        return claims


@lru_cache(maxsize=MAX_REMEMBERED)
def _remembered_claims(keys: KeyRing, token: str) -> dict[str, Any]:
    """Return what the verification of this token under these keys gave; its expiry is for the caller to compare.

    Errors are not remembered, so nobody fills the memory with tokens that are not ours.
    """
    return keys._verified_claims(token, require=["exp"])


@lru_cache(maxsize=8)
def _cached_key_ring(algorithm: str, keys: tuple[str, ...], audience: str) -> KeyRing:
    return KeyRing(algorithm, keys, audience)


def _key_ring(audience: str) -> KeyRing:
    return _cached_key_ring(settings.JWT_ALGORITHM, tuple(settings.JWT_KEYS), audience)


class AudienceToken(Token):
    """A token for one audience."""

    def __init__(self, token: Any = None, verify: bool = True, *, audience: str) -> None:
        self.audience, self._token_backend = audience, _key_ring(audience)
        super().__init__(token, verify)

    def set_session(self, session: LoginSession) -> None:
        """Set the claims that name the session and its member; ids are strings (RFC 7519 4.1.2)."""
        self["sub"], self["sid"] = str(session.member_id), str(session.pk)

    @cached_property
    def signed(self) -> str:
        """The token as clients send it. Signing takes as long as a small query; claims do not change after it."""
        return str(self)

    @property
    def expires_at(self) -> datetime:
        return datetime.fromtimestamp(self["exp"], tz=UTC)


class AccessToken(AudienceToken):
    """Authenticates requests for some minutes."""

    token_type = "access"

    @property
    def lifetime(self) -> timedelta:  # type: ignore[override]
        return timedelta(seconds=getattr(settings, LIFETIMES[self.audience]))


class RefreshToken(AudienceToken):
    """Is exchanged once for the next pair of tokens."""

    token_type = "refresh"
    lifetime = timedelta(0)

    def set_identity(self, identity: TokenIdentity) -> None:
        """Set id and times, so that signing the token once more gives the same token."""
        self["jti"] = identity.jti
        self.set_iat(at_time=identity.issued_at)
        self.set_exp(from_time=identity.expires_at, lifetime=timedelta(0))


T = TypeVar("T", bound=AudienceToken)


def parse_token(token_class: type[T], raw: str, *, audience: str) -> T:
    """Return the verified token.

    Raises TokenExpired for an expired token of ours, TokenInvalid for everything else: unsigned or signed by others,
    another algorithm, another token type, another audience.
    """
    try:
        token = token_class(raw, audience=audience)
        int(token["sid"]), int(token["sub"])
    except ExpiredTokenError:
        # SimpleJWT checks the expiry before the token type.
        _parse_claims_ignoring_expiry(token_class, raw, audience)
        raise TokenExpired from None
    except (TokenError, KeyError, ValueError, TypeError):
        raise TokenInvalid from None
    return token


def session_of_token(raw: str, *, audience: str) -> tuple[int, bool]:
    """Return the session id of an access token, and whether the token has expired.

    Raises TokenInvalid where `parse_token` does.
    """
    claims = _parse_claims_ignoring_expiry(AccessToken, raw, audience)
    return int(claims["sid"]), time() >= int(claims["exp"]) + LEEWAY


def _parse_claims_ignoring_expiry(token_class: type[AudienceToken], raw: str, audience: str) -> dict[str, Any]:
    try:
        claims = _key_ring(audience).decode_ignoring_expiry(raw)
        int(claims["sid"]), int(claims["sub"]), int(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
        raise TokenInvalid from None
    if claims.get("typ") != token_class.token_type:
        raise TokenInvalid
    return claims
