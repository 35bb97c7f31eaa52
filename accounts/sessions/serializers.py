"""Serializers of login sessions and tokens."""

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.email_addresses import EMAIL_MAX_LENGTH
from accounts.fields import PasswordField
from accounts.models.login_session import DEVICE_MAX_GRAPHEMES
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer


class DeviceSerializer(StrictSerializer):
    """The name of the device in the list of sessions."""

    device = TextField(
        max_graphemes=DEVICE_MAX_GRAPHEMES, allow_blank=True, default="", help_text="Such as “Mina's phone”."
    )


class EmailLoginSerializer(DeviceSerializer):
    """E-mail and password."""

    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH)
    password = PasswordField()
    device_secret = serializers.CharField(
        max_length=300,
        allow_blank=True,
        default="",
        help_text="From the last login on this device. Wrong passwords of others are not counted against it.",
    )


class RefreshSerializer(StrictSerializer):
    """The refresh token received last."""

    refresh = serializers.CharField(max_length=2_000)


class LoginSessionSerializer(serializers.Serializer[object]):
    """A login session: one device."""

    id = IdField()
    device = serializers.CharField()
    network = serializers.CharField(help_text="The network of the login, without the last part of the address.")
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(help_text="When its tokens were last renewed.")
    expires_at = serializers.DateTimeField(help_text="When it ends, even if it is used.")
    is_current = serializers.SerializerMethodField(help_text="Whether this request belongs to it.")

    @extend_schema_field(bool)
    def get_is_current(self, session: object) -> bool:
        """Return whether it is the session of the access token."""
        return bool(getattr(session, "pk", None) == self.context["session_id"])


@extend_schema_serializer(many=False)
class LoginSessionListSerializer(serializers.Serializer[object]):
    """All login sessions of the member."""

    results = LoginSessionSerializer(many=True)


class TokenPairSerializer(serializers.Serializer[object]):
    """The tokens of a login session."""

    access = serializers.CharField(help_text="For the Authorization header: `Bearer` and this.")
    access_expires_at = serializers.DateTimeField()
    refresh = serializers.CharField(help_text="Valid until its successor has been used; store only the newest.")
    refresh_expires_at = serializers.DateTimeField()
    session_id = IdField()
    member_id = IdField()


class NewLoginSerializer(TokenPairSerializer):
    """The tokens of a login session, and the secret of the device."""

    device_secret = serializers.CharField(
        help_text="Keep it on the device after a logout too, and send it with the next login."
    )
