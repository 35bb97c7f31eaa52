"""Show and clear the rate limits of a member, an e-mail address or a client's address."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from redis.exceptions import RedisError

from accounts.code_requests import mailbox_keys
from accounts.email_addresses import normalise_email
from accounts.models import Member, PasswordGuess
from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from libs.throttling.client_address import coarse_network_of, network_of, site_of
from libs.throttling.inspection import CountersOfProcess, clear_counters, read_counters
from libs.throttling.throttles import SITE_MULTIPLE, member_key

EMAIL = argument("--email", default="", help="an e-mail address, of a member or not")
ADDRESS = argument("--address", default="", help="an IP address")


class Command(OperatorCommandGroup):
    help = "Show and clear what was counted against rate limits, and wrong passwords."

    @subcommand("show what was counted for an e-mail address, a client's address, or both together", EMAIL, ADDRESS)
    def show(self, *, email: str, address: str) -> Result:
        """Show all counters that are not zero."""
        email = _checked(email, address)
        rows = [vars(counter) for counter in _read(email, address)]
        guesses = [
            {"scope": "password guesses", "key": name, "limit": "", "hits": hits, "allowed": most}
            for name, hits, most in PasswordGuess.objects.counts_of(email, address)
        ]
        rows = [{**row, "key": str(row["key"]).partition(":")[0]} for row in rows] + guesses
        cells = [[row["scope"], row["key"], row["limit"], row["hits"], row["allowed"]] for row in rows]
        table = format_table([["scope", "counted by", "limit", "hits", "allowed"], *cells])
        code = ExitCode.DONE if rows else ExitCode.NOTHING_TO_DO
        return Result({"counters": rows}, table if rows else "Nothing was counted.", code)

    @subcommand(
        "start these counters from zero; wrong passwords from unknown networks need --address, too",
        EMAIL,
        ADDRESS,
        is_recorded=True,
    )
    def clear(self, *, email: str, address: str) -> Result:
        """Clear rate limits and counters of wrong passwords, which locks nobody out."""
        email = _checked(email, address)
        with transaction.atomic():
            number = PasswordGuess.objects.clear_of(email, address) + _clear(email, address)
            if number:
                self.record("limits", counters=number)
        code = ExitCode.DONE if number else ExitCode.NOTHING_TO_DO
        return Result({"cleared": number}, f"Cleared {number} counters.", code)


def _checked(email: str, address: str) -> str:
    if not email and not address:
        raise CommandError("Give --email, --address or both.")
    if address and not network_of(address):
        raise CommandError("--address is no IP address.")
    return normalise_email(email[:254]) if email else ""


def _keys(email: str, address: str) -> Iterator[tuple[str, str, int]]:
    """Yield scope, key and multiple of everything that may have been counted."""
    member = Member.objects.find_by_email(email) if email else None
    plain = [member_key(member.pk)] if member else []
    plain += [f"session:{pk}" for pk in member.sessions.live().values_list("pk", flat=True)] if member else []
    plain += [f"address:{network_of(address)}"] if address else []
    for scope in settings.THROTTLE_RATES:
        yield from ((scope, key, 1) for key in plain)
        if address and (site := site_of(address)):
            yield scope, f"site:{site}", SITE_MULTIPLE
    if email:
        yield from ((scope, key, 1) for scope, key in mailbox_keys(email, coarse_network_of(address)))


def _read(email: str, address: str) -> list[Any]:
    try:
        return list(read_counters(_keys(email, address)))
    except (CountersOfProcess, RedisError) as error:
        raise CommandError(_explain(error)) from error


def _clear(email: str, address: str) -> int:
    try:
        return clear_counters(_keys(email, address))
    except (CountersOfProcess, RedisError) as error:
        raise CommandError(_explain(error)) from error


def _explain(error: Exception) -> str:
    if isinstance(error, CountersOfProcess):
        return "Without REDIS_URL the server counts in its memory: restart it to clear all counters."
    return f"Redis does not answer: {type(error).__name__}"
