"""Values as the app writes them."""

import re
from typing import Any

from rest_framework import serializers

# What the app asks of a password before it sends one: its letters, and eight to twenty of Java's 16-bit ones.
PASSWORD = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[@#$%^&+=!])\S+")
PASSWORD_LENGTH = range(8, 21)


class NumberField(serializers.Field):  # type: ignore[type-arg]
    """A whole number, as a JSON number or, since one part of the app writes it so, as text that holds one."""

    default_error_messages = {"invalid": "This is no whole number in range."}

    def __init__(self, *, least: int = 1, most: int = 2**63 - 1, **kwargs: Any) -> None:
        self.range = range(least, most + 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number; raises ValidationError."""
        is_digits = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 19
        if isinstance(data, bool) or not (isinstance(data, int) or is_digits) or int(data) not in self.range:
            self.fail("invalid")
        return int(data)

    def to_representation(self, value: Any) -> int:
        """The number."""
        return int(value)


class PasswordField(serializers.CharField):
    """A password that the app lets through when joining."""

    default_error_messages = {"invalid": "The password breaks the app's rule."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=PASSWORD_LENGTH[-1], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The password as typed; raises ValidationError."""
        password = super().to_internal_value(data)
        units = len(password.encode("utf-16-le")) // 2
        if units not in PASSWORD_LENGTH or not PASSWORD.fullmatch(password):
            self.fail("invalid")
        return password
