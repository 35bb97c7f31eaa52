"""Session store of the admin."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's database sessions with a stricter key: PostgreSQL raises an error on a NUL character in the cookie."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(key) and str(key).isalnum() and len(key) >= 8
