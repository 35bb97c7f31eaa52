"""Tickets: whoever requested a code shows with one that they did, and has guesses of their own from any network.

A ticket is signed and stored nowhere, so that no number of other requests for the address makes it invalid.
"""

import secrets
from datetime import timedelta

from django.core.signing import BadSignature, TimestampSigner

# Longer than an e-mail can be late, and its code valid after it.
MAX_AGE = timedelta(hours=2)
MAX_LENGTH = 128


def make_ticket(email: str, purpose: str) -> str:
    """Return a ticket for a request of a code for this normalised address and purpose."""
    return _signer(email, purpose).sign(secrets.token_urlsafe(12))


def name_of_ticket(ticket: str, email: str, purpose: str) -> str | None:
    """Return the name by which guesses with this ticket are counted, which no network has; None if it is not valid."""
    try:
        return f"ticket {_signer(email, purpose).unsign(ticket, max_age=MAX_AGE)}"
    except BadSignature:
        return None


def _signer(email: str, purpose: str) -> TimestampSigner:
    return TimestampSigner(salt=f"accounts.ticket.{purpose}.{email}")
