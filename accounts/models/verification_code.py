"""VerificationCode: mailed to an address, kept as a digest, few guesses, used up by what it was asked for."""

import secrets
import string
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.email_addresses import normalise_email
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp, ProofInvalid
from libs.outbox.queue import enqueue

ALPHABET = string.ascii_letters + string.digits
LENGTH = 8
PROOF_SALT = "accounts.proof"


class VerificationCodeQuerySet(models.QuerySet["VerificationCode"]):
    """Codes by address; what a code proves is a matter of its purpose."""

    @transaction.atomic
    def request_code(self, email: str, purpose: str, language: str, member: Any = None) -> None:
        """Have a code mailed, which only this member can use if one is named; the one before it stays good until then.

        Nothing is looked up here, so that the answer is the same for every address: who gets which letter, or none,
        is decided when it is sent.
        """
        asked = {"requested_at": timezone.now(), "language": language}
        code, _ = self.update_or_create(email=normalise_email(email), purpose=purpose, member=member, defaults=asked)
        enqueue("accounts.mail_code", {"code_id": code.pk})

    def confirm(self, email: str, purpose: str, typed: str) -> tuple[str, datetime]:
        """The proof that somebody reads this address, and when it runs out; raises as `check_code` does."""
        return self.check_code(typed, purpose, email).make_proof()

    def check_code(self, typed: str, purpose: str, email: str, member: Any = None) -> "VerificationCode":
        """The code that was typed rightly, by the member it was mailed for if there is one.

        Raises CodeIncorrect, CodeExpired or CodeUsedUp; a wrong guess stays counted although it is refused.
        """
        asked = self.filter(email=normalise_email(email), purpose=purpose, member=member)
        with transaction.atomic():
            code = asked.select_for_update().first()
            refusal = code.count_guess(typed) if code else CodeIncorrect()
        if refusal or code is None:
            raise refusal or CodeIncorrect()
        return code

    def consume(self, code: "VerificationCode") -> None:
        """Delete a guessed code in the caller's transaction, so that one of many that typed it gets on.

        Raises CodeIncorrect for all others, and when another letter was sent since.
        """
        used, _ = self.filter(pk=code.pk, digest=code.digest).delete()
        if not used:
            raise CodeIncorrect

    def get_by_proof(self, proof: str, purpose: str) -> "VerificationCode":
        """Return the locked code of a proof; the caller's transaction deletes it. Raises ProofInvalid."""
        return self._with_proof(proof, purpose)._lock_confirmed()

    def email_of_proof(self, proof: str, purpose: str) -> str:
        """Return the e-mail address that a proof is for; "" for a proof that is not valid."""
        try:
            return self._with_proof(proof, purpose).values_list("email", flat=True).first() or ""
        except ProofInvalid:
            return ""

    def _with_proof(self, proof: str, purpose: str) -> Self:
        try:
            claim = signing.loads(proof, salt=PROOF_SALT)
        except signing.BadSignature:
            raise ProofInvalid from None
        return self.filter(pk=claim["id"], nonce=claim["nonce"], purpose=purpose)

    def get_confirmed(self, email: str, purpose: str) -> "VerificationCode":
        """As `get_by_proof`, for a client that keeps no proof: the locked code that was confirmed for this address."""
        return self.filter(email=normalise_email(email), purpose=purpose, member=None)._lock_confirmed()

    def _lock_confirmed(self) -> "VerificationCode":
        since = timezone.now() - timedelta(seconds=settings.VERIFICATION_PROOF_SECONDS)
        code = self.select_for_update().filter(confirmed_at__gt=since).first()
        if code is None:
            raise ProofInvalid
        return code


class VerificationCode(models.Model):
    """One address and one purpose. ASVS 6.5.2's slow hash is replaced by an HMAC under the server's key on purpose:
    the code lives five minutes and survives five guesses, and a stolen table without the key tells nothing.
    """

    SIGN_UP = "sign_up"
    # To sign up without a proof: the address is all that the client shows. Another purpose, so that nobody who merely
    # knows the address can use what was confirmed by a client that does keep its proof.
    JOIN = "join"
    RESET = "reset"
    NEW_EMAIL = "new_email"
    WITHDRAW = "withdraw"
    WITHDRAW_PAGE = "withdraw_page"

    email = models.EmailField(max_length=254)
    purpose = models.CharField(max_length=20)
    # Whose phone may use it; nobody's where the address itself is what is known.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="codes")
    language = models.CharField(max_length=10)
    requested_at = models.DateTimeField()
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    guesses = models.PositiveSmallIntegerField(default=0)
    nonce = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(null=True)

    objects = VerificationCodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["email", "purpose"], name="code_of_address", condition=models.Q(member__isnull=True)
            ),
            models.UniqueConstraint(
                fields=["member", "email", "purpose"], name="code_of_member", condition=models.Q(member__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["requested_at"], name="code_age")]

    def __str__(self) -> str:
        return f"{self.purpose} of {self.email}"

    def generate(self) -> str:
        """A fresh code, whose life begins now; only its digest is kept, and only the mail knows it."""
        drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        self.salt, self.sent_at, self.guesses = secrets.token_hex(16), timezone.now(), 0
        self.digest = self._digest_of(drawn)
        self.save(update_fields=["salt", "digest", "sent_at", "guesses"])
        return drawn

    def count_guess(self, typed: str) -> CodeIncorrect | CodeExpired | CodeUsedUp | None:
        """What is wrong with what was typed, or None; the caller holds the row's lock and raises after the commit.

        A confirmed code may be confirmed again until it expires, since a phone may go back a screen.
        """
        if self.guesses >= settings.VERIFICATION_CODE_GUESSES:
            return CodeUsedUp()
        if not (self.digest and constant_time_compare(self.digest, self._digest_of(typed))):
            self.guesses += 1
            self.save(update_fields=["guesses"])
            return CodeIncorrect()
        if self.sent_at is None or timezone.now() >= self.sent_at + timedelta(
            seconds=settings.VERIFICATION_CODE_SECONDS
        ):
            return CodeExpired()
        self.nonce, self.confirmed_at = self.nonce or secrets.token_hex(16), timezone.now()
        self.save(update_fields=["nonce", "confirmed_at"])
        return None

    def make_proof(self) -> tuple[str, datetime]:
        """A signed claim on this row, and when it runs out. Raises ProofInvalid before it was confirmed."""
        if self.confirmed_at is None:
            raise ProofInvalid
        proof = signing.dumps({"id": self.pk, "nonce": self.nonce}, salt=PROOF_SALT)
        return proof, self.confirmed_at + timedelta(seconds=settings.VERIFICATION_PROOF_SECONDS)

    def _digest_of(self, typed: str) -> str:
        return salted_hmac(f"accounts.code.{self.purpose}.{self.salt}", typed, algorithm="sha256").hexdigest()
