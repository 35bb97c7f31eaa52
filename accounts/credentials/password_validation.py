"""Rules for new passwords (NIST SP 800-63B-4: a length and a block list, no composition rules)."""

from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import get_default_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.credentials.hashers import normalise_password

MAX_LENGTH = 128
CONTEXT_WORDS = ("hearttoheart", "heart-to-heart", "heart to heart")


class LengthValidator:
    """Checks the length in code points of the normalised password; the minimum is higher for staff."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is too short or too long."""
        least, length = self.least(user), len(normalise_password(password))
        if length < least:
            raise ValidationError(_("Use at least %(least)d characters.") % {"least": least}, "password_too_short")
        if length > MAX_LENGTH:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": MAX_LENGTH}, "password_too_long")

    def get_help_text(self, user: Any = None) -> str:
        """Return the hint of a form, for this member."""
        return _("Use at least %(least)d characters.") % {"least": self.least(user)}

    @staticmethod
    def least(user: Any) -> int:
        """Return the minimum length for this member."""
        staff = getattr(user, "is_staff", False)
        least: int = settings.PASSWORD_MIN_LENGTH_STAFF if staff else settings.PASSWORD_MIN_LENGTH
        return least


class ContextValidator:
    """Refuses passwords that are little more than the name of the service or the member, repeated (ASVS 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when less than six characters are left without these names."""
        folded = normalise_password(password).lower()
        words = [*CONTEXT_WORDS, *(getattr(user, name, "").lower() for name in ("nickname", "name"))]
        if any(len(word) > 2 and word in folded and len(folded.replace(word, "")) < 6 for word in words):
            raise ValidationError(
                _("This password is little more than your name or the name of this service. Choose another one."),
                "password_of_context",
            )

    def get_help_text(self) -> str:
        """Return the hint of the admin's form."""
        return _("Do not use your name or the name of this service.")


def validate_new_password(password: str, member: Any) -> None:
    """Raise DRF's ValidationError under `password`, with every rule that the new password breaks."""
    _raise_if_any(password_errors(password, member))


def reject_guessable_password(password: str, member: Any) -> None:
    """As `validate_new_password`, for an interface with a length of its own: all other rules hold there too."""
    rules = [rule for rule in get_default_password_validators() if not isinstance(rule, LengthValidator)]
    _raise_if_any(password_errors(password, member, rules))


def password_errors(password: str, member: Any, validators: Any = None) -> list[serializers.ErrorDetail]:
    """Return an error for each rule that the new password breaks: the rules of the settings, unless some are given."""
    try:
        # Normalised for Django's validators too: full-width letters are no way round the list of common passwords.
        validate_password(normalise_password(password), member, validators)
    except ValidationError as refused:
        return [
            serializers.ErrorDetail(" ".join(error.messages), error.code or "invalid") for error in refused.error_list
        ]
    return []


def _raise_if_any(errors: list[serializers.ErrorDetail]) -> None:
    if errors:
        raise serializers.ValidationError({"password": errors})
