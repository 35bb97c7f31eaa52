"""Serializers of password and e-mail changes."""

from accounts.fields import PasswordField
from accounts.signup.serializers import VerificationCodeSerializer, VerificationConfirmationSerializer
from libs.api.serializers import StrictSerializer


class PasswordResetSerializer(VerificationConfirmationSerializer):
    """A code from the mail and the password to come."""

    password = PasswordField()


class PasswordConfirmSerializer(StrictSerializer):
    """The password, once more."""

    password = PasswordField()


class PasswordChangeSerializer(StrictSerializer):
    """The password there is and the one to come."""

    current = PasswordField()
    password = PasswordField()


class EmailChangeSerializer(VerificationCodeSerializer):
    """The address to come, and the password once more."""

    password = PasswordField()
