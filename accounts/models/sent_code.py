"""SentCode: a code as it is written in an e-mail, and what is stored of it."""

import secrets
import unicodedata
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

# Without letters and digits that look alike in some font (0 O, 1 I L, 2 Z, 5 S, 8 B, U V, 6 G), and without vowels, so
# that no code is a word: 8 characters have 34 bits (ASVS 6.5.4 asks for 20).
ALPHABET = "3479CDFHJKMNPQRTVWXY"
LENGTH = 8


class SentCode(NamedTuple):
    """What is stored of one code.

    The digest is an HMAC under the server's key instead of a slow hash (ASVS 6.5.2): a code is valid for five minutes
    and five guesses, and without the key a stolen table is useless.
    """

    salt: str
    digest: str
    sent_at: datetime

    @classmethod
    def make(cls, purpose: str) -> tuple[str, Self]:
        """Return a new code, and what is stored of it."""
        text, salt = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), secrets.token_hex(16)
        return text, cls(salt, _digest(text, salt, purpose), timezone.now())

    def matches(self, typed: str, purpose: str) -> bool:
        """Whether this code was typed, in any case and width, with any spaces and hyphens."""
        return constant_time_compare(self.digest, _digest(typed, self.salt, purpose))

    def is_expired(self) -> bool:
        """Whether VERIFICATION_CODE_SECONDS have passed since it was sent."""
        return timezone.now() >= self.sent_at + timedelta(seconds=settings.VERIFICATION_CODE_SECONDS)


def _digest(typed: str, salt: str, purpose: str) -> str:
    code = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", typed).upper()))
    return salted_hmac(f"accounts.code.{purpose}.{salt}", code, algorithm="sha256").hexdigest()
