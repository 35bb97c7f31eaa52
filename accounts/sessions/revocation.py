"""Whether a login session is alive, asked on every request and answered without the database in the steady state.

The database is the truth. A session found alive is remembered for some seconds under one key; ending it writes a
tombstone under the same key. `add` never overwrites, so a reader who asked the database before the end cannot put
"alive" over the tombstone. A cache that is away remembers nothing, and every request asks the database.
"""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.cache import cache

LIVE, ENDED = 1, 0
# Longer than any request that asked the database before the end can take. Seconds.
TOMBSTONE_SECONDS = 3_600


def is_live(session_id: int) -> bool:
    """Whether the session opens anything at this moment."""
    state = cache.get(_key(session_id))
    if state is not None:
        return bool(state == LIVE)
    sessions = apps.get_model("accounts", "LoginSession").objects
    live: bool = sessions.live().filter(pk=session_id).exists()
    if live:
        cache.add(_key(session_id), LIVE, settings.LOGIN_SESSION_CACHE_SECONDS)
    return live


def bury(session_ids: Iterable[int]) -> None:
    """Write the tombstones of ended sessions, which every worker reads at its next request."""
    cache.set_many({_key(session_id): ENDED for session_id in session_ids}, TOMBSTONE_SECONDS)


def are_buried(session_ids: Iterable[int]) -> bool:
    """Whether the cache took the tombstones."""
    keys = {_key(session_id) for session_id in session_ids}
    return cache.get_many(keys) == dict.fromkeys(keys, ENDED)


def _key(session_id: int) -> str:
    return f"session:{session_id}"
