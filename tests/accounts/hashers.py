"""Argon2 as in production, which counts how often it ran, and a fast hash that other requests interrupt."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.credentials.hashers import LowMemoryArgon2Hasher


class InterruptedHasher(MD5PasswordHasher):
    """After the first comparison it does what another request does at that moment."""

    meanwhile: list[Callable[[], Any]] = []

    def verify(self, password: str, encoded: str) -> bool:
        is_right = super().verify(password, encoded)
        while self.meanwhile:
            self.meanwhile.pop()()
        return is_right


class CountedArgon2(LowMemoryArgon2Hasher):
    """Each run of the hash, to make one or to compare with one, is written down."""

    runs: list[str] = []

    def encode(self, password: str, salt: str) -> str:
        self.runs.append("encode")
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        self.runs.append("verify")
        return super().verify(password, encoded)

    def harden_runtime(self, password: str, encoded: str) -> Any:
        self.runs.append("harden")
        return super().harden_runtime(password, encoded)
