"""Logins of staff in browsers: Django's sessions, which only the admin uses."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone


def has_browser_sessions(member: Any) -> bool:
    """Return whether the member is logged in to the admin somewhere."""
    return bool(_keys_of(member))


def end_browser_sessions(member: Any) -> int:
    """Log the member out of the admin in all browsers; returns in how many."""
    return Session.objects.filter(pk__in=_keys_of(member)).delete()[0]


def _keys_of(member: Any) -> list[str]:
    # A session does not name its member in a column; only staff have sessions, so all of them are few.
    sessions = Session.objects.filter(expire_date__gt=timezone.now()).iterator()
    return [session.pk for session in sessions if session.get_decoded().get(SESSION_KEY) == str(member.pk)]
