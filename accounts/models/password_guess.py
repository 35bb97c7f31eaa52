"""PasswordGuess: how many wrong passwords were tried, counted where no restart forgets it."""

from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import models
from django.db.models import F
from django.utils import timezone

from accounts.errors import TooManyGuesses


class PasswordGuessQuerySet(models.QuerySet["PasswordGuess"]):
    """Guesses are counted before the password is looked at, so that a thousand at once are no more than allowed."""

    def reserve(self, email: str, network: str) -> None:
        """Count one guess for the account, from this network and from everywhere.

        Raises TooManyGuesses with the seconds to wait. Counting by account and network keeps a stranger from locking
        the owner out; counting by account alone, with a higher bound, ends guessing from many networks.
        """
        self._take(_key(email, network), settings.PASSWORD_GUESSES_NEAR)
        self._take(_key(email), settings.PASSWORD_GUESSES_FAR)

    def forgive(self, email: str, network: str) -> None:
        """Forget the guesses after the right password; another sign-in may just be counting, so the rows stay."""
        self.filter(key__in=[_key(email, network), _key(email)]).update(wrong=0)

    def _take(self, key: str, most: int) -> None:
        now = timezone.now()
        start = now - timedelta(seconds=settings.PASSWORD_GUESS_SECONDS)
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
    return sha256("\n".join(parts).encode()).hexdigest()
