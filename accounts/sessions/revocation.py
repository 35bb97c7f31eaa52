"""Cache of login session states, which lets most requests authenticate without a database query.

The database is the source of truth. A session found live is cached for some seconds; ending it writes a revocation
marker under the same key. `add` never overwrites, so a request that queried the database before the session ended
cannot replace the marker with "live". While the cache is unavailable every request queries the database.

This module knows no model: `LoginSession` uses it.
"""

from collections.abc import Iterable

from django.conf import settings
from django.core.cache import cache

LIVE, REVOKED = 1, 0
# Longer than any request can take that queried the database before the session ended. Seconds.
MARKER_SECONDS = 3_600


def cached_liveness(session_id: int) -> bool | None:
    """Return whether the session is cached as live (True) or revoked (False); None for anything else.

    Other programs and releases may write to the same Redis; what this one does not know, the database decides.
    """
    state = cache.get(_key(session_id))
    return state == LIVE if type(state) is int and state in (LIVE, REVOKED) else None


def liveness_key(session_id: int) -> str:
    """Return the key that Redis has for `cached_liveness`; its value is a number in digits."""
    return str(cache.make_key(_key(session_id)))


def parse_liveness(value: bytes | None) -> bool | None:
    """Return the liveness that the value of `liveness_key` means."""
    return {str(LIVE).encode(): True, str(REVOKED).encode(): False}.get(value or b"")


def cache_as_live(session_id: int) -> None:
    """Cache the session as live, unless it has a revocation marker."""
    cache.add(_key(session_id), LIVE, settings.LOGIN_SESSION_CACHE_SECONDS)


def mark_revoked(session_ids: Iterable[int]) -> None:
    """Write revocation markers, which every worker reads at its next request."""
    markers = {_key(session_id): REVOKED for session_id in session_ids}
    if cache.set_many(markers, MARKER_SECONDS):
        # A full Redis may still delete, and then every worker asks the database.
        cache.delete_many(markers)


def are_marked_revoked(session_ids: Iterable[int]) -> bool:
    """Return whether the cache holds the revocation markers of all these sessions."""
    keys = {_key(session_id) for session_id in session_ids}
    return cache.get_many(keys) == dict.fromkeys(keys, REVOKED)


def _key(session_id: int) -> str:
    return f"session:{session_id}"
