"""PasswordGuess: how many wrong passwords were tried, counted where no restart forgets it."""

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

# How many wrong guesses each counter stands, by its key.
Counters = dict[str, int]


def login_counters(email: str, address: str) -> Counters:
    """The counters of somebody who signs in: the account from this network, and the account from everywhere.

    The first, low, slows one guesser down; the second, high, ends guessing from many networks. Networks that the owner
    is signed in from are counted apart from all strangers, or strangers could keep the owner out for nothing.
    """
    seen = coarse_network_of(address)
    is_familiar = LoginSession.objects.filter(member__email=email, network=seen).exists()
    everywhere = _key(email, "familiar", seen) if is_familiar else _key(email)
    near = _key(email, network_of(address))
    return {near: settings.PASSWORD_GUESSES_PER_NETWORK, everywhere: settings.PASSWORD_GUESSES_TOTAL}


def session_counters(email: str) -> Counters:
    """The counter of whoever holds a signed-in phone; nobody without its token can use it up."""
    return {_key(email, "signed in"): settings.PASSWORD_GUESSES_PER_NETWORK}


class PasswordGuessQuerySet(models.QuerySet["PasswordGuess"]):
    """Guesses are counted before the password is looked at, so that a thousand at once are no more than allowed."""

    def count_attempt(self, counters: Counters) -> None:
        """Count one guess on each counter. Raises TooManyGuesses with the seconds to wait."""
        for key, most in counters.items():
            self._count(key, most)

    def reset(self, counters: Counters) -> None:
        """Forget the guesses after the right password; another sign-in may just be counting, so the rows stay."""
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
    """Wrong passwords in a row; the key is a digest, so that the table names nobody."""

    key = models.CharField(max_length=64, unique=True)
    wrong = models.PositiveIntegerField()
    since = models.DateTimeField(db_index=True)

    objects = PasswordGuessQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.wrong} since {self.since}"


def _key(*parts: str) -> str:
    # As JSON, which shows where a part ends: one that was typed at the door must not pass for two of ours.
    return sha256(json.dumps(parts).encode()).hexdigest()
