"""The admin's sessions, in the database."""

from typing import Any

from django.contrib.sessions.backends import db


class SessionStore(db.SessionStore):
    """Django's, which asks the database for whatever a cookie says; PostgreSQL raises on a NUL in it."""

    def _validate_session_key(self, key: Any) -> bool:
        return bool(key) and str(key).isalnum() and len(key) >= 8
