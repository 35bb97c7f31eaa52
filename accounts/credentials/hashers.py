"""The password hasher: one password in every form that keyboards give it, and a bound on how much is hashed at once."""

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from threading import Semaphore
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher

from libs.api.errors import ServiceUnavailable
from libs.thread_pools import CallerThreadPoolExecutor, lower_priority

# Other requests of this process, which take a few milliseconds each, go first.
HASHER_NICENESS = 5
# The hash of a random password, made with the parameters below. A login for an unknown address is compared with it,
# so that it takes as long as one for a member.
HASH_OF_NOBODY = (
    "argon2$argon2id$v=19$m=19456,t=2,p=1$NmRDTzYyVEtlRzJickJocGk4RzgzVA$Wl4A+AfmVtuvvOV//T17hZT5F6b1FErFlZexg7NLCLs"
)


def normalise_password(password: str) -> str:
    """Return the password in NFKC (NIST SP 800-63B), which is the same however a keyboard composes its letters."""
    return unicodedata.normalize("NFKC", password)


class LowMemoryArgon2Hasher(Argon2PasswordHasher):
    """Argon2id with OWASP's smaller parameters: 19 MiB a login, where Django's default takes 100 MiB.

    Runs in PASSWORD_HASHER_THREADS threads of low priority, so that many logins at once do not slow other requests.
    """

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1

    def encode(self, password: str, salt: str) -> str:
        """Hash the normalised password."""
        return str(_hash(super().encode, normalise_password(password), salt))

    def verify(self, password: str, encoded: str) -> bool:
        """Compare the normalised password, then the forms that were hashed as they were typed by earlier releases."""
        composed, decomposed = (unicodedata.normalize(form, password) for form in ("NFC", "NFD"))
        forms = (normalise_password(password), password, composed, decomposed)
        return any(_hash(super(LowMemoryArgon2Hasher, self).verify, form, encoded) for form in dict.fromkeys(forms))


@contextmanager
def password_check_slot(*, by_stranger: bool) -> Iterator[None]:
    """Take one of the places for requests that compare a password. Raises ServiceUnavailable while all are taken.

    Strangers, whose device the member has not logged in from, have half as many places as the process has threads.
    Others have a quarter of their own, so that no flood of logins keeps them out. The remaining threads are left to
    other requests, which would wait behind the hashes otherwise.
    """
    slots = _slots("strangers", settings.THREADS // 2) if by_stranger else _slots("members", settings.THREADS // 4)
    if not slots.acquire(blocking=False):
        raise ServiceUnavailable
    try:
        yield
    finally:
        slots.release()


def _hash(function: Callable[..., Any], *args: str) -> Any:
    return _hasher_pool(settings.PASSWORD_HASHER_THREADS).submit(function, *args).result()


@cache
def _hasher_pool(threads: int) -> CallerThreadPoolExecutor:
    # Threads suffice, since Argon2 releases the GIL.
    return CallerThreadPoolExecutor(threads, "hasher", initializer=lower_priority, initargs=(HASHER_NICENESS,))


@cache
def _slots(whose: str, number: int) -> Semaphore:
    return Semaphore(max(1, number))
