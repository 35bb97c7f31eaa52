"""Serializer fields in the formats of the app."""

import re
from typing import Any

from rest_framework import serializers

# The rule of the app for a new password: its characters, and 8 to 20 UTF-16 code units.
PASSWORD = re.compile(r"(?=.*[0-9])(?=.*[A-Z])(?=.*[@#$%^&+=!])\S+")
PASSWORD_LENGTH = range(8, 21)


class NumberField(serializers.Field):  # type: ignore[type-arg]
    """A whole number, as a JSON number or as text, since one part of the app sends it so."""

    default_error_messages = {"invalid": "This is no whole number in range."}

    def __init__(self, *, least: int = 1, most: int = 2**63 - 1, **kwargs: Any) -> None:
        self.range = range(least, most + 1)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """Return the number; raise ValidationError."""
        is_digits = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) <= 19
        if isinstance(data, bool) or not (isinstance(data, int) or is_digits) or int(data) not in self.range:
            self.fail("invalid")
        return int(data)

    def to_representation(self, value: Any) -> int:
        return int(value)


class AppPasswordField(serializers.CharField):
    """A new password that follows the rule of the app."""

    default_error_messages = {"invalid": "The password breaks the app's rule."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(trim_whitespace=False, max_length=PASSWORD_LENGTH[-1], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the password as typed; raise ValidationError."""
        password = super().to_internal_value(data)
        units = len(password.encode("utf-16-le")) // 2
        if units not in PASSWORD_LENGTH or not PASSWORD.fullmatch(password):
            self.fail("invalid")
        return password
