"""Serializers of login sessions and tokens."""

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.email_addresses import EMAIL_MAX_LENGTH
from accounts.fields import PasswordField
from accounts.models.login_session import DEVICE_MAX_GRAPHEMES
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer


class DeviceSerializer(StrictSerializer):
    """What the device calls itself in the list of sessions."""

    device = TextField(
        max_graphemes=DEVICE_MAX_GRAPHEMES, allow_blank=True, default="", help_text="Such as “Mina's phone”."
    )


class EmailLoginSerializer(DeviceSerializer):
    """E-mail and password."""

    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH)
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    """The refresh token last received."""

    refresh = serializers.CharField(max_length=2_000)


class LoginSessionSerializer(serializers.Serializer[object]):
    """One device that is signed in."""

    id = IdField()
    device = serializers.CharField()
    network = serializers.CharField(help_text="Where it signed in from, without the last part.")
    created_at = serializers.DateTimeField()
    used_at = serializers.DateTimeField(help_text="When it was last renewed.")
    expires_at = serializers.DateTimeField(help_text="When it ends, however much it is used.")
    is_current = serializers.SerializerMethodField(help_text="Whether this is the device that asks.")

    @extend_schema_field(bool)
    def get_is_current(self, session: object) -> bool:
        """Told by the access token's session."""
        return bool(getattr(session, "pk", None) == self.context["session_id"])


@extend_schema_serializer(many=False)
class LoginSessionListSerializer(serializers.Serializer[object]):
    """All of them; there are never many."""

    results = LoginSessionSerializer(many=True)


class TokenPairSerializer(serializers.Serializer[object]):
    """What a signed-in device keeps."""

    access = serializers.CharField(help_text="For the Authorization header: `Bearer` and this.")
    access_expires_at = serializers.DateTimeField()
    refresh = serializers.CharField(help_text="Good until its successor has been used; keep only the newest.")
    refresh_expires_at = serializers.DateTimeField()
    session_id = IdField()
    member_id = IdField()
