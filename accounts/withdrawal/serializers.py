"""Serializer of a withdrawal."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.fields import PasswordField
from libs.api.serializers import StrictSerializer


class WithdrawalSerializer(StrictSerializer):
    """The password, or a code mailed for this: one of the two."""

    password = PasswordField(required=False)
    code = serializers.CharField(
        max_length=64, required=False, help_text="8 letters and digits; case and spaces do not matter."
    )

    def validate(self, given: dict[str, str]) -> dict[str, str]:
        """One proof, or ValidationError."""
        if len(given) != 1:
            raise serializers.ValidationError(_("Send the password or a code, not both."), "required")
        return given
