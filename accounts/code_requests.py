"""Requests of codes by e-mail, and guesses at them, within their limits: for every API and the web pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from rest_framework.request import Request

from accounts.email_addresses import is_alias, mailbox_of
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from accounts.models import VerificationCode
from accounts.tickets import make_ticket
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.rate_limits import count_hit
from libs.throttling.throttles import enforce_address_limit, enforce_rate_limit, rate_limit

# What OpenAPI names; `request_code` and `count_wrong_codes` count these, so that refusals of form cost nothing.
CODE_LIMITS = [rate_limit("code-address", on_arrival=False)]
GUESS_LIMITS = [rate_limit("confirm-address", on_arrival=False)]
# Purposes with a budget of their own. Strangers can ask for the others, and must not keep members from these.
OWN_BUDGETS = (VerificationCode.RESET, VerificationCode.WITHDRAW, VerificationCode.APPEAL)
# Between two e-mails to a mailbox that gets too many. Its owner, whom nobody can tell from strangers, still gets one.
INTERVAL = timedelta(minutes=10)


def request_code(
    request: Request | HttpRequest, email: str, purpose: str, *, language: str = "", member: Any = None
) -> str:
    """Request a code for a normalised address, and return the ticket of the request.

    Raises TooManyRequests by the requester's own limits, which come first: what they refuse is not counted for the
    mailbox. The mailbox's limit refuses nothing, since strangers in many networks can reach it: beyond it, e-mails are
    sent at intervals, each with one code for all requests until then. Purposes for which strangers can write the
    mailbox's address in endlessly many ways have one interval together.
    """
    network = network_of_request(request)
    mailbox = _mailbox_key(email, purpose)
    enforce_rate_limit("code-email", f"{mailbox} {network}", request)
    enforce_address_limit("code-address", request)
    interval = timedelta() if count_hit("code-mailbox", mailbox).allowed else INTERVAL
    if interval and _has_many_forms(email, purpose) and not count_hit("code-alias", mailbox).allowed:
        return make_ticket(email, purpose)
    language = language or get_language() or "en"
    is_busy = purpose in VerificationCode.SIGN_UP_PURPOSES and not count_hit("code-network", network).allowed
    return VerificationCode.objects.request_code(
        email, purpose, language, member, network=network, interval=interval, from_busy_network=is_busy
    )


def mailbox_keys(email: str, network: str) -> Iterator[tuple[str, str]]:
    """Yield the scopes and keys under which requests of codes for an address are counted, those of a network too."""
    for purpose in ("", *OWN_BUDGETS):
        mailbox = _mailbox_key(email, purpose)
        yield from (("code-mailbox", mailbox), ("code-alias", mailbox), ("code-email", f"{mailbox} {network}"))


def _mailbox_key(email: str, purpose: str) -> str:
    budget = purpose if purpose in OWN_BUDGETS else "any"
    return f"{budget} {mailbox_of(email)}"


def _has_many_forms(email: str, purpose: str) -> bool:
    """Whether a stranger can cause the same e-mail again by another spelling, or from another account.

    Other purposes send an e-mail only to the spelling that a member has.
    """
    is_for_anybody = purpose in VerificationCode.SIGN_UP_PURPOSES and is_alias(email)
    return is_for_anybody or purpose == VerificationCode.NEW_EMAIL


@contextmanager
def count_wrong_codes(request: Request | HttpRequest) -> Iterator[None]:
    """Count a wrong code for the client's address. Raises TooManyRequests in its place when it is one too many.

    Right codes are not counted and always work, since many phones share an address. Guesses at a code are bounded by
    its own counters.
    """
    try:
        yield
    except (CodeIncorrect, CodeExpired, CodeUsedUp):
        enforce_address_limit("confirm-address", request)
        raise


def network_of_request(request: Request | HttpRequest) -> str:
    """Return the network that codes know a client by: /24, or /48 in IPv6."""
    return coarse_network_of(client_address(request))
