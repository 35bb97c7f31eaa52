"""Serializers of password and e-mail changes."""

from accounts.fields import PasswordField
from accounts.signup.serializers import TicketConfirmationSerializer, VerificationCodeSerializer
from libs.api.serializers import StrictSerializer


class PasswordResetSerializer(TicketConfirmationSerializer):
    """A code from the e-mail and the new password."""

    password = PasswordField()


class PasswordConfirmSerializer(StrictSerializer):
    """The current password."""

    password = PasswordField()


class PasswordChangeSerializer(StrictSerializer):
    """The current and the new password."""

    current = PasswordField()
    password = PasswordField()


class EmailChangeSerializer(VerificationCodeSerializer):
    """The new address and the current password."""

    password = PasswordField()
