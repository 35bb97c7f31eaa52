"""What is hidden on pages until a moderator has it revealed, by a decision: e-mail addresses and networks."""

from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone

from moderation.models import Decision

# For so long the page of the member shows it to who had it revealed, in the same login.
REVEALED_FOR = timedelta(minutes=15)
SESSION_KEY = "revealed"


def remember_revealed(request: HttpRequest, decision: Decision) -> None:
    """Note in the session that an address was revealed; any other decision changes nothing."""
    if decision.action == "reveal_email":
        revealed = request.session.get(SESSION_KEY, {})
        request.session[SESSION_KEY] = revealed | {str(decision.subject_id): decision.created_at.isoformat()}


def is_revealed(request: HttpRequest, member_id: int) -> bool:
    """Whether this login had the address of the member revealed a short while ago."""
    since = request.session.get(SESSION_KEY, {}).get(str(member_id))
    return since is not None and timezone.now() - datetime.fromisoformat(since) < REVEALED_FOR


def mask_network(network: str) -> str:
    """Return the first number of a network."""
    first, separator, _ = network.replace(":", ".", 1).partition(".")
    return f"{first}{separator}***" if separator else ""
