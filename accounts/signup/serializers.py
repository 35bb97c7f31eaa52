"""Serializers of verification codes and sign-up."""

from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

from accounts import tickets
from accounts.credentials.password_validation import password_errors
from accounts.email_addresses import EMAIL_MAX_LENGTH
from accounts.errors import ProofInvalid, TermsOutdated
from accounts.fields import EmailAddressField, PasswordField
from accounts.models import Member, VerificationCode
from accounts.models.member import NAME_MAX_GRAPHEMES, NICKNAME_MAX_GRAPHEMES, check_terms_version
from accounts.profiles.nicknames import NicknameField
from accounts.sessions.serializers import DeviceSerializer
from libs.api.fields import TextField
from libs.api.serializers import StrictSerializer


class VerificationCodeSerializer(StrictSerializer):
    """The address that the code is sent to."""

    email = EmailAddressField(max_length=EMAIL_MAX_LENGTH)


class VerificationConfirmationSerializer(VerificationCodeSerializer):
    """The code from the e-mail."""

    code = serializers.CharField(max_length=64, help_text="8 letters and digits; case and spaces do not matter.")


class TicketSerializer(serializers.Serializer[object]):
    """The ticket of a request for a code."""

    ticket = serializers.CharField(help_text="Send it with the code: then wrong guesses of others do not count.")


class TicketConfirmationSerializer(VerificationConfirmationSerializer):
    """The code from the e-mail, and the ticket of the request for it."""

    ticket = serializers.CharField(
        max_length=tickets.MAX_LENGTH,
        required=False,
        default="",
        allow_blank=True,
        help_text="From the response to the request.",
    )


class VerificationProofSerializer(serializers.Serializer[object]):
    """Proof that the address was verified."""

    proof = serializers.CharField(help_text="For the sign-up, which can use it once.")
    expires_at = serializers.DateTimeField()


class SignUpSerializer(DeviceSerializer):
    """A new member."""

    proof = serializers.CharField(max_length=400)
    password = PasswordField()
    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    nickname = NicknameField(max_graphemes=NICKNAME_MAX_GRAPHEMES)
    terms_version = serializers.CharField(max_length=40, help_text="The version accepted; /api/v1/config names it.")

    # The address that the proof is for; set before the password is validated, since `proof` is declared first.
    _email = ""

    def run_validation(self, data: Any = empty) -> Any:
        """Return the validated fields. Raises ValidationError for all faulty fields at once.

        Raises ProofInvalid or TermsOutdated instead where nothing else is wrong: a client reacts to these by itself.
        """
        try:
            return super().run_validation(data)
        except serializers.ValidationError as error:
            for field, own in (("proof", ProofInvalid), ("terms_version", TermsOutdated)):
                if error.get_codes() == {field: [own.default_code]}:
                    raise own from None
            raise

    def validate_proof(self, proof: str) -> str:
        """Look the proof up, before a password is hashed for nothing."""
        try:
            self._email = VerificationCode.objects.email_of_proof(proof, VerificationCode.SIGN_UP)
        except ProofInvalid as error:
            raise serializers.ValidationError(error.detail) from None
        return proof

    def validate_terms_version(self, version: str) -> str:
        """Compare with the current terms."""
        try:
            check_terms_version(version)
        except TermsOutdated as error:
            raise serializers.ValidationError(error.detail) from None
        return version

    def validate_password(self, password: str) -> str:
        """Apply the rules for passwords here too, so that one response names all faulty fields."""
        name, nickname = (self._value_if_valid(field) for field in ("name", "nickname"))
        if errors := password_errors(password, Member(email=self._email, name=name, nickname=nickname)):
            raise serializers.ValidationError(errors)
        return password

    def _value_if_valid(self, field: str) -> str:
        try:
            return str(self.fields[field].run_validation(self.initial_data.get(field)))
        except serializers.ValidationError:
            return ""
