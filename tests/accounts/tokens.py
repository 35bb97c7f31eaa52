"""Helpers that decode and forge tokens."""

from typing import Any

import jwt
from django.conf import settings


def claims(token: str) -> dict[str, Any]:
    """Return the claims of a token, unverified."""
    return dict(jwt.decode(token, options={"verify_signature": False}))


def own_key() -> tuple[str, str]:
    """Return kid and secret of the current signing key."""
    kid, _, key = settings.JWT_KEYS[0].partition(":")
    return kid, key


def forged(token: str, *, key: Any = None, algorithm: str = "HS256", kid: Any = "", **changes: Any) -> str:
    """Return the token with other claims (None removes one), signed by our key or another."""
    payload = {name: value for name, value in (claims(token) | changes).items() if value is not None}
    own_kid, own = own_key()
    headers = {} if kid is None else {"kid": kid or own_kid}
    return jwt.encode(payload, own if key is None else key, algorithm, headers=headers)
