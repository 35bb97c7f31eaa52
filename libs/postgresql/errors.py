"""Errors of the database's backend."""

from django.db import OperationalError


class DatabaseAway(OperationalError):
    """There was no connection a moment ago, so none was tried now."""
