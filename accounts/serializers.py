"""The shapes of this room's requests and answers."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from accounts.email_addresses import EMAIL_MAX_LENGTH, is_unambiguous_email, normalise_email
from accounts.models.login_session import DEVICE_MAX_GRAPHEMES
from accounts.models.member import ABOUT_MAX_GRAPHEMES, NAME_MAX_GRAPHEMES, NICKNAME_MAX_GRAPHEMES
from accounts.profiles.counts import COUNT_LIMIT
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from media.serializers import ImageSerializer


class MemberViewerSerializer(serializers.Serializer[object]):
    """The viewer's relation to a member."""

    following = serializers.BooleanField(help_text="Whether you follow the member.")
    followed_by = serializers.BooleanField(help_text="Whether the member follows you.")


class MemberBaseSerializer(serializers.Serializer[object]):
    """What is shown of a member everywhere."""

    id = IdField()
    nickname = serializers.CharField()
    avatar = ImageSerializer(allow_null=True)


class MemberSummarySerializer(MemberBaseSerializer):
    """A member beside a post, in a list or in search results."""

    viewer = MemberViewerSerializer()


class ProfileCountsSerializer(serializers.Serializer[object]):
    """Counts of what the viewer may see: exact below 10000, which means 10000 or more."""

    followers = serializers.IntegerField(max_value=COUNT_LIMIT)
    following = serializers.IntegerField(max_value=COUNT_LIMIT)
    posts = serializers.IntegerField(max_value=COUNT_LIMIT)


class ProfileBaseSerializer(MemberBaseSerializer):
    """What every profile shows."""

    about = serializers.CharField()
    created_at = serializers.DateTimeField()
    counts = ProfileCountsSerializer()


class ProfileSerializer(ProfileBaseSerializer):
    """A member as others see them."""

    viewer = MemberViewerSerializer()


class OwnProfileSerializer(ProfileBaseSerializer):
    """A member as they see themselves."""

    email = serializers.EmailField()
    name = serializers.CharField()
    terms_version = serializers.CharField()
    terms_accepted_at = serializers.DateTimeField(allow_null=True)


class ProfileChangeSerializer(StrictSerializer):
    """What a member may change about themselves."""

    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES, required=False)
    nickname = TextField(max_graphemes=NICKNAME_MAX_GRAPHEMES, required=False)
    about = TextField(max_graphemes=ABOUT_MAX_GRAPHEMES, multiline=True, allow_blank=True, required=False)


class AddressField(serializers.EmailField):
    """An e-mail address as we keep it; its length is that of what is kept too, since NFKC may make it longer."""

    def to_internal_value(self, data: Any) -> str:
        """The address, however it was typed; what would take long to read is refused unread."""
        typed = super().to_internal_value(data)
        if len(typed) > EMAIL_MAX_LENGTH:
            self.fail("max_length", max_length=EMAIL_MAX_LENGTH)
        email = normalise_email(typed)
        if not is_unambiguous_email(email):
            self.fail("invalid")
        return email


class VerificationCodeSerializer(StrictSerializer):
    """Where the code goes."""

    email = AddressField(max_length=EMAIL_MAX_LENGTH)


class VerificationConfirmationSerializer(VerificationCodeSerializer):
    """What was typed from the mail."""

    code = serializers.CharField(max_length=64, help_text="8 letters and digits; case counts.")


class VerificationProofSerializer(serializers.Serializer[object]):
    """That somebody reads the address."""

    proof = serializers.CharField(help_text="Goes into the sign-up, which uses it up.")
    expires_at = serializers.DateTimeField()


class PasswordField(serializers.CharField):
    """A password exactly as typed: nothing is trimmed or cut (ASVS 6.2.8)."""

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(trim_whitespace=False, max_length=1024, write_only=True, style=style, **kwargs)


class DeviceSerializer(StrictSerializer):
    """What the device calls itself in the list of sessions."""

    device = TextField(
        max_graphemes=DEVICE_MAX_GRAPHEMES, allow_blank=True, default="", help_text="Such as “Mina's phone”."
    )


class SignUpSerializer(DeviceSerializer):
    """A new member."""

    proof = serializers.CharField(max_length=400)
    password = PasswordField()
    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    nickname = TextField(max_graphemes=NICKNAME_MAX_GRAPHEMES)
    terms_version = serializers.CharField(max_length=40, help_text="The version accepted; /api/v1/config names it.")


class EmailLoginSerializer(DeviceSerializer):
    """E-mail and password."""

    email = serializers.CharField(max_length=EMAIL_MAX_LENGTH)
    password = PasswordField()


class RefreshSerializer(StrictSerializer):
    """The refresh token last received."""

    refresh = serializers.CharField(max_length=2_000)


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


class WithdrawalSerializer(StrictSerializer):
    """The password, or a code mailed for this: one of the two."""

    password = PasswordField(required=False)
    code = serializers.CharField(max_length=64, required=False, help_text="8 letters and digits; case counts.")

    def validate(self, given: dict[str, str]) -> dict[str, str]:
        """One proof, or ValidationError."""
        if len(given) != 1:
            raise serializers.ValidationError(_("Send the password or a code, not both."), "required")
        return given


class TermsAcceptanceSerializer(StrictSerializer):
    """The version accepted."""

    version = serializers.CharField(max_length=40, help_text="The present one; /api/v1/config names it.")


class AvatarUpdateSerializer(StrictSerializer):
    """An uploaded picture that nothing shows yet."""

    image_id = IdField()


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


class MemberSearchSerializer(serializers.Serializer[Any]):
    """Whom to look for."""

    search = TextField(
        max_graphemes=NICKNAME_MAX_GRAPHEMES,
        help_text="The beginning of a nickname or, from 3 letters or digits on, any part of it; case does not count.",
    )


class RelatedMemberSerializer(serializers.Serializer[object]):
    """A member in a list of followed, followers or blocked."""

    member = MemberSummarySerializer()
    since = serializers.DateTimeField()


class ExportProgressSerializer(serializers.Serializer[object]):
    """How far it has come."""

    done = serializers.IntegerField(help_text="Files written.")
    total = serializers.IntegerField(help_text="Files to be written; 0 until it is begun.")


class ExportSerializer(serializers.Serializer[object]):
    """A copy of everything that is the asker's."""

    id = IdField()
    state = serializers.ChoiceField(["queued", "running", "ready", "failed", "expired"])
    progress = ExportProgressSerializer(source="*")
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the file is deleted.")
    bytes = serializers.IntegerField(allow_null=True, help_text="Of the file; null when there is none.")


@extend_schema_serializer(many=False)
class ExportListSerializer(serializers.Serializer[object]):
    """Those of the last month; there are never many."""

    results = ExportSerializer(many=True)
