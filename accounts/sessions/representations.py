"""Token pairs as the API shows them."""

from typing import Any

from accounts.sessions.token_rotation import TokenPair


def token_pair_representation(pair: TokenPair) -> dict[str, Any]:
    """Return the tokens as the API shows them."""
    return {
        "access": pair.access.signed,
        "access_expires_at": pair.access.expires_at,
        "refresh": pair.refresh.signed,
        "refresh_expires_at": pair.refresh.expires_at,
        "session_id": str(pair.session.pk),
        "member_id": str(pair.session.member_id),
    }
