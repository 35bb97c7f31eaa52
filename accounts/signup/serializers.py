"""Serializers of verification codes and sign-up."""

from rest_framework import serializers

from accounts.credentials.password_validation import password_errors
from accounts.email_addresses import EMAIL_MAX_LENGTH
from accounts.fields import EmailAddressField, PasswordField
from accounts.models import Member, VerificationCode
from accounts.models.member import NAME_MAX_GRAPHEMES, NICKNAME_MAX_GRAPHEMES
from accounts.sessions.serializers import DeviceSerializer
from libs.api.fields import TextField
from libs.api.serializers import StrictSerializer


class VerificationCodeSerializer(StrictSerializer):
    """The address that the code is sent to."""

    email = EmailAddressField(max_length=EMAIL_MAX_LENGTH)


class VerificationConfirmationSerializer(VerificationCodeSerializer):
    """The code from the e-mail."""

    code = serializers.CharField(max_length=64, help_text="8 letters and digits; case counts.")


class VerificationProofSerializer(serializers.Serializer[object]):
    """Proof that the address was verified."""

    proof = serializers.CharField(help_text="For the sign-up, which can use it once.")
    expires_at = serializers.DateTimeField()


class SignUpSerializer(DeviceSerializer):
    """A new member."""

    proof = serializers.CharField(max_length=400)
    password = PasswordField()
    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    nickname = TextField(max_graphemes=NICKNAME_MAX_GRAPHEMES)
    terms_version = serializers.CharField(max_length=40, help_text="The version accepted; /api/v1/config names it.")

    def validate_password(self, password: str) -> str:
        """Apply the rules for passwords here too, so that one response names all faulty fields."""
        name, nickname, proof = (self._value_if_valid(field) for field in ("name", "nickname", "proof"))
        email = VerificationCode.objects.email_of_proof(proof, VerificationCode.SIGN_UP)
        if errors := password_errors(password, Member(email=email, name=name, nickname=nickname)):
            raise serializers.ValidationError(errors)
        return password

    def _value_if_valid(self, field: str) -> str:
        try:
            return str(self.fields[field].run_validation(self.initial_data.get(field)))
        except serializers.ValidationError:
            return ""
