"""PasswordGuess: a counter of wrong passwords, in the database so that no restart resets it."""

import json
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.errors import TooManyGuesses
from accounts.models.login_session import LoginSession
from libs.throttling.client_address import coarse_network_of, network_of

# The limit of each counter, by its key.
Counters = dict[str, int]


def login_counters(email: str, address: str) -> Counters:
    """Return the counters of a login: of this account from this network, and of this account in all.

    The first has a low limit, against one attacker; the second a high one, against many networks. Networks with a login
    session of the member have a total of their own, so that attackers elsewhere cannot lock the member out.
    """
    network = coarse_network_of(address)
    is_familiar = LoginSession.objects.filter(member__email=email, network=network).exists()
    total_key = _key(email, "familiar", network) if is_familiar else _key(email)
    network_key = _key(email, network_of(address))
    return {network_key: settings.PASSWORD_GUESSES_PER_NETWORK, total_key: settings.PASSWORD_GUESSES_TOTAL}


def session_counters(email: str) -> Counters:
    """Return the counter of password confirmations in a login session, which needs an access token."""
    return {_key(email, "signed in"): settings.PASSWORD_GUESSES_PER_NETWORK}


class PasswordGuessQuerySet(models.QuerySet["PasswordGuess"]):
    """Counters are increased before the password is checked, so that concurrent attempts cannot exceed the limit."""

    def count_attempt(self, counters: Counters) -> None:
        """Count one guess on each counter. Raises TooManyGuesses with the seconds to wait."""
        for key, most in counters.items():
            self._count(key, most)

    def reset(self, counters: Counters) -> None:
        """Reset the counters after the right password; rows stay, since a concurrent login may be counting."""
        self.filter(key__in=list(counters)).update(wrong=0)

    def _count(self, key: str, most: int) -> None:
        now = timezone.now()
        start = now - timedelta(seconds=settings.PASSWORD_GUESS_WINDOW_SECONDS)
        guess, is_new = self.get_or_create(key=key, defaults={"wrong": 1, "since": now})
        if is_new or self.filter(key=key, since__lt=start).update(wrong=1, since=now):
            return
        if not self.filter(key=key, wrong__lt=most).update(wrong=F("wrong") + 1):
            raise TooManyGuesses(wait=max(1, int((guess.since - start).total_seconds())))


class PasswordGuess(models.Model):
    """Wrong passwords since a time; the key is a digest, so that the table contains no addresses."""

    key = models.CharField(max_length=64, unique=True)
    wrong = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    objects = PasswordGuessQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.wrong} since {self.since}"


def _key(*parts: str) -> str:
    # JSON keeps the parts apart: a typed address must not give the key of other parts.
    return sha256(json.dumps(parts).encode()).hexdigest()
