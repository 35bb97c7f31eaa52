"""What a token says, who signed it, and at which door it opens (RFC 7519, RFC 8725).

SimpleJWT is the engine; ours are the ring of keys named by `kid`, and an audience for each audience, so that a token made
for one door is refused at the other.
"""

import base64
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from time import time
from typing import Any, TypeVar

import jwt
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings
from rest_framework_simplejwt.backends import TokenBackend
from rest_framework_simplejwt.exceptions import ExpiredTokenError, TokenError
from rest_framework_simplejwt.tokens import Token

from accounts.errors import TokenExpired, TokenInvalid
from accounts.models.login_session import LoginSession, Successor

# How long an access token opens each audience: the setting that says so.
LIFETIMES = {"v1": "ACCESS_TOKEN_SECONDS", "android": "ANDROID_ACCESS_TOKEN_SECONDS"}
# By so much the clocks of two servers may differ: a token fresh from one is not from the future at the other. Seconds.
LEEWAY = 3


class KeyRing(TokenBackend):
    """The keys of tokens: the newest signs, all verify, the token's `kid` picks (RFC 7515 4.1.4)."""

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
        """The key the token names; one we do not know is no token of ours."""
        try:
            return self.verifying[jwt.get_unverified_header(token)["kid"]]
        except (KeyError, TypeError):
            raise jwt.InvalidTokenError("unknown key") from None

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign with the newest key."""
        claims = payload | {"aud": self.audience, "iss": self.issuer}
        return jwt.encode(claims, self.signing[self.newest], self.algorithm, headers={"kid": self.newest})

    def decode_late(self, token: str) -> dict[str, Any]:
        """As `decode`, for a token whose time may be over; raises jwt.InvalidTokenError."""
        claims: dict[str, Any] = jwt.decode(
            token,
            self.get_verifying_key(token),
            algorithms=[self.algorithm],
            audience=self.audience,
            issuer=self.issuer,
            leeway=LEEWAY,
            options={"verify_exp": False, "require": ["exp", "jti"]},
        )
        return claims


@lru_cache(maxsize=8)
def _made(algorithm: str, keys: tuple[str, ...], audience: str) -> KeyRing:
    return KeyRing(algorithm, keys, audience)


def _ring(audience: str) -> KeyRing:
    return _made(settings.JWT_ALGORITHM, tuple(settings.JWT_KEYS), audience)


class AudienceToken(Token):
    """A token for one door."""

    def __init__(self, token: Any = None, verify: bool = True, *, audience: str) -> None:
        self.audience, self._token_backend = audience, _ring(audience)
        super().__init__(token, verify)

    def set_session(self, session: LoginSession) -> None:
        """Say whose session it is; ids are text (RFC 7519 4.1.2)."""
        self["sub"], self["sid"] = str(session.member_id), str(session.pk)

    @property
    def expires_at(self) -> datetime:
        """When it runs out."""
        return datetime.fromtimestamp(self["exp"], tz=UTC)


class AccessToken(AudienceToken):
    """Opens a door for a while."""

    token_type = "access"

    @property
    def lifetime(self) -> timedelta:  # type: ignore[override]
        """How long it opens the door."""
        return timedelta(seconds=getattr(settings, LIFETIMES[self.audience]))


class RefreshToken(AudienceToken):
    """Renews the login session once."""

    token_type = "refresh"
    lifetime = timedelta(0)

    def set_identity(self, successor: Successor) -> None:
        """Become the very token that was promised, signed again."""
        self["jti"] = successor.jti
        self.set_iat(at_time=successor.issued_at)
        self.set_exp(from_time=successor.expires_at, lifetime=timedelta(0))


T = TypeVar("T", bound=AudienceToken)


def parse_token(kind: type[T], raw: str, *, audience: str) -> T:
    """The token behind the text.

    Raises TokenExpired for one of ours whose time is over, TokenInvalid for everything else: foreign or unsigned,
    another algorithm, another kind, another door.
    """
    try:
        token = kind(raw, audience=audience)
        int(token["sid"]), int(token["sub"])
    except ExpiredTokenError:
        # The engine looks at the time before it looks at kind and door.
        _late(kind, raw, audience)
        raise TokenExpired from None
    except (TokenError, KeyError, ValueError, TypeError):
        raise TokenInvalid from None
    return token


def session_of_token(raw: str, *, audience: str) -> tuple[int, bool]:
    """The login session of an access token of ours, and whether the token's time is over.

    Raises TokenInvalid for every token that `parse_token` would not call good or expired.
    """
    claims = _late(AccessToken, raw, audience)
    return int(claims["sid"]), time() >= int(claims["exp"]) + LEEWAY


def _late(kind: type[AudienceToken], raw: str, audience: str) -> dict[str, Any]:
    """The claims of a token of ours of this kind, whose time may be over; raises TokenInvalid for all others."""
    try:
        claims = _ring(audience).decode_late(raw)
        int(claims["sid"]), int(claims["sub"]), int(claims["exp"])
    except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
        raise TokenInvalid from None
    if claims.get("typ") != kind.token_type:
        raise TokenInvalid
    return claims
