"""Which passwords are taken (NIST SP 800-63B-4: length and a block list, no composition rules)."""

import unicodedata
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

MAX_LENGTH = 128
CONTEXT_WORDS = ("hearttoheart", "heart-to-heart", "heart to heart")


class LengthValidator:
    """Counts code points; staff need more, since their password opens more."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError for a password that is too short or too long."""
        least = self.least(user)
        if len(password) < least:
            raise ValidationError(_("Use at least %(least)d characters.") % {"least": least}, "password_too_short")
        if len(password) > MAX_LENGTH:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": MAX_LENGTH}, "password_too_long")

    def get_help_text(self) -> str:
        """What the admin's form says."""
        return _("Use at least %(least)d characters.") % {"least": self.least(None)}

    @staticmethod
    def least(user: Any) -> int:
        """The shortest password for this member."""
        staff = getattr(user, "is_staff", False)
        least: int = settings.PASSWORD_MIN_LENGTH_STAFF if staff else settings.PASSWORD_MIN_LENGTH
        return least


class ContextValidator:
    """Refuses what everybody would try here: the product's name or the member's, even repeated (ASVS 6.2.11)."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise ValidationError when little is left without these names."""
        folded = unicodedata.normalize("NFKC", password).lower()
        words = [*CONTEXT_WORDS, *(getattr(user, name, "").lower() for name in ("nickname", "name"))]
        if any(len(word) > 2 and word in folded and len(folded.replace(word, "")) < 6 for word in words):
            raise ValidationError(
                _("This password is little more than your name or the name of this service. Choose another one."),
                "password_of_context",
            )

    def get_help_text(self) -> str:
        """What the admin's form says."""
        return _("Do not use your name or the name of this service.")


def check(password: str, member: Any) -> None:
    """Raise DRF's ValidationError under `password`, with every rule the new password breaks."""
    _check(password, member, None)


def refuse_common(password: str, member: Any) -> None:
    """As `check`, for a door with a rule of its own: only the list of common passwords is asked."""
    _check(password, member, [CommonPasswordValidator()])


def _check(password: str, member: Any, validators: Any) -> None:
    try:
        validate_password(password, member, validators)
    except ValidationError as refused:
        found = [
            serializers.ErrorDetail(" ".join(error.messages), error.code or "invalid") for error in refused.error_list
        ]
        raise serializers.ValidationError({"password": found}) from None
