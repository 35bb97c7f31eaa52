"""Serializer fields of accounts."""

from typing import Any

from rest_framework import serializers

from accounts.email_addresses import EMAIL_MAX_LENGTH, parse_email


class EmailAddressField(serializers.EmailField):
    """An e-mail address as we keep it; its length is that of what is kept too, since NFKC may make it longer."""

    def to_internal_value(self, data: Any) -> str:
        """The address, however it was typed; what would take long to read is refused unread."""
        typed = super().to_internal_value(data)
        if len(typed) > EMAIL_MAX_LENGTH:
            self.fail("max_length", max_length=EMAIL_MAX_LENGTH)
        try:
            return parse_email(typed)
        except ValueError:
            self.fail("invalid")


class PasswordField(serializers.CharField):
    """A password as typed: nothing is trimmed or cut (ASVS 6.2.8); the hasher normalises it."""

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(trim_whitespace=False, max_length=1024, write_only=True, style=style, **kwargs)
