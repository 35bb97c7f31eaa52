"""VerificationCode: a code sent by e-mail, stored as a digest, with few guesses, for one purpose."""

import secrets
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.utils import timezone

from accounts.email_addresses import normalise_email
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp, ProofInvalid
from accounts.models.sent_code import SentCode
from accounts.tickets import make_ticket, name_of_ticket
from libs.outbox.queue import enqueue

PROOF_SALT = "accounts.proof"
# More than the limits of requests and the retries of their e-mails make in the lifetime of a code. A number.
MAX_EARLIER_CODES = 50
# Networks recorded that requested a code with one address, newest last. A number.
MAX_REQUESTERS = 120
# Networks recorded that tried to join with one address before it was confirmed. A number.
MAX_EARLY_NETWORKS = 20
# Servers that greylist take an e-mail after some minutes. Whoever waits longer has requested another code, or given up.
EMAIL_MAX_AGE = timedelta(minutes=30)


class VerificationCodeQuerySet(models.QuerySet["VerificationCode"]):
    """Codes by address and purpose."""

    @transaction.atomic
    def request_code(
        self,
        email: str,
        purpose: str,
        language: str,
        member: Any = None,
        *,
        network: str = "",
        interval: timedelta = timedelta(),
        from_busy_network: bool = False,
    ) -> str:
        """Enqueue an e-mail with a new code; with a member only they can use it. Former codes stay valid.

        Returns the ticket of the request. Whoever sends it, or is in the same network, has guesses of their own.
        The e-mail is sent when `interval` has passed since the last one; of the requests until then only one sends any.
        Sign-ups from busy networks wait by themselves when there are more e-mails than can be sent, and none of them
        takes the place of a request that waits.

        Nothing is looked up here, so that every address costs the same: which e-mail is sent, if any, is decided by the
        job.
        """
        email, now = normalise_email(email), timezone.now()
        defaults = {"requested_at": now, "language": language}
        code, _ = self.select_for_update().get_or_create(email=email, purpose=purpose, member=member, defaults=defaults)
        keeps_place = from_busy_network and code.is_email_waiting()
        others = [former for former in code.requesters or [] if former != network]
        code.requesters = [*others, network][-MAX_REQUESTERS:]
        if keeps_place:
            code.save(update_fields=["requesters"])
            return make_ticket(email, purpose)
        code.requested_at, code.language = now, language
        code.save(update_fields=["requesters", "requested_at", "language"])
        after = max(code.sent_at + interval - now, timedelta()) if code.sent_at else None
        payload = {"code_id": code.pk, "requested_at": now.isoformat()}
        enqueue(_job_kind(purpose, from_busy_network), payload, after=after)
        return make_ticket(email, purpose)

    def confirm(self, email: str, purpose: str, typed: str, **requester: str) -> tuple[str, datetime]:
        """Return a proof that the address was verified, and its expiry; raises as `check_code` does."""
        return self.check_code(typed, purpose, email, **requester).make_proof()

    def check_code(
        self, typed: str, purpose: str, email: str, member: Any = None, *, network: str = "", ticket: str = ""
    ) -> "VerificationCode":
        """Return the code if what was typed is right; `network` and `ticket` tell whose guess it is.

        Raises CodeIncorrect, CodeExpired or CodeUsedUp; a wrong guess is committed before.
        """
        codes = self.filter(email=normalise_email(email), purpose=purpose, member=member)
        with transaction.atomic():
            code = codes.select_for_update().first()
            error = code.count_guess(typed, network, ticket) if code else CodeIncorrect()
        if error or code is None:
            raise error or CodeIncorrect()
        return code

    def consume(self, code: "VerificationCode") -> None:
        """Delete a checked code in the caller's transaction, so that one of several concurrent uses succeeds.

        Raises CodeIncorrect for the others.
        """
        used, _ = self.filter(pk=code.pk).delete()
        if not used:
            raise CodeIncorrect

    def get_by_proof(self, proof: str, purpose: str) -> "VerificationCode":
        """Return the locked code of a proof; the caller's transaction deletes it. Raises ProofInvalid."""
        return self._with_proof(proof, purpose)._lock_confirmed(settings.VERIFICATION_PROOF_SECONDS)

    def email_of_proof(self, proof: str, purpose: str) -> str:
        """Return the e-mail address that a proof is for. Raises ProofInvalid."""
        codes = self._with_proof(proof, purpose)._confirmed(settings.VERIFICATION_PROOF_SECONDS)
        email = codes.values_list("email", flat=True).first()
        if email is None:
            raise ProofInvalid
        return email

    def _with_proof(self, proof: str, purpose: str) -> Self:
        try:
            claim = signing.loads(proof, salt=PROOF_SALT)
        except signing.BadSignature:
            raise ProofInvalid from None
        return self.filter(pk=claim["id"], nonce=claim["nonce"], purpose=purpose)

    def get_confirmed(self, email: str, *, network: str) -> "VerificationCode":
        """Like `get_by_proof`, for the Android app, which has no proofs: return the confirmed code of this address.

        Raises ProofInvalid for a network that may not use it.
        """
        code = self._of_join(email)._lock_confirmed(settings.ANDROID_CONFIRMATION_SECONDS)
        if not code.may_be_used_from(network):
            raise ProofInvalid
        return code

    @transaction.atomic
    def record_early_join(self, email: str, network: str) -> None:
        """Record the network of a join before the address was confirmed, also when no code was requested yet."""
        defaults = {"requested_at": timezone.now(), "language": settings.ANDROID_LANGUAGE}
        code, _ = self.select_for_update().get_or_create(
            email=normalise_email(email), purpose=VerificationCode.JOIN, member=None, defaults=defaults
        )
        early = code.early_networks or []
        if not code.is_confirmed(settings.ANDROID_CONFIRMATION_SECONDS) and network not in early:
            code.early_networks = [*early, network][:MAX_EARLY_NETWORKS]
            code.save(update_fields=["early_networks"])

    def _of_join(self, email: str) -> Self:
        return self.filter(email=normalise_email(email), purpose=VerificationCode.JOIN, member=None)

    def _confirmed(self, seconds: int) -> Self:
        """Codes that were confirmed within so many seconds."""
        return self.filter(confirmed_at__gt=timezone.now() - timedelta(seconds=seconds))

    def _lock_confirmed(self, seconds: int) -> "VerificationCode":
        code = self._confirmed(seconds).select_for_update().first()
        if code is None:
            raise ProofInvalid
        return code


class VerificationCode(models.Model):
    """A code for one address and purpose.

    Several may be valid at a time, since each e-mail has another one; they share their guesses.
    """

    SIGN_UP = "sign_up"
    # Sign-up by a client that sends the address instead of a proof. A purpose of its own, so that nobody who merely
    # knows the address can use a code that was confirmed by a client with proofs.
    JOIN = "join"
    SIGN_UP_PURPOSES = (SIGN_UP, JOIN)
    RESET = "reset"
    NEW_EMAIL = "new_email"
    WITHDRAW = "withdraw"
    WITHDRAW_PAGE = "withdraw_page"
    # Also for members who are suspended, since they are who appeals.
    APPEAL = "appeal"

    email = models.EmailField(max_length=254)
    purpose = models.CharField(max_length=20)
    # The only member who may use it; null where the address is enough.
    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="codes")
    language = models.CharField(max_length=10)
    requested_at = models.DateTimeField()
    salt = models.CharField(max_length=32, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    sent_at = models.DateTimeField(null=True)
    # Salt, digest and time of the codes before that are still valid, newest first: their e-mails may have arrived.
    earlier = models.JSONField(null=True)
    # Wrong guesses since the newest e-mail: in total by those who did not request it, and by network or ticket.
    guesses = models.PositiveSmallIntegerField(default=0)
    guesses_by = models.JSONField(null=True)
    # The networks that requested it.
    requesters = models.JSONField(null=True)
    nonce = models.CharField(max_length=32, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    # Of JOIN: the network that confirmed the address, and those that tried to join with it before.
    confirmed_network = models.CharField(max_length=50, blank=True, default="", db_default="")
    early_networks = models.JSONField(null=True)

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

    @transaction.atomic
    def generate(self) -> str:
        """Return a new code that is valid from now on; only its digest is stored.

        Codes before it stay valid until they expire: their e-mails may have arrived, and the new one may never do so.
        """
        # Two e-mails may be sent at the same time, and the code of neither may get lost.
        self.refresh_from_db(from_queryset=VerificationCode.objects.select_for_update())
        text, new = SentCode.make(self.purpose)
        valid = [code for code in self._sent_codes() if not code.is_expired()]
        self.earlier = [[code.salt, code.digest, code.sent_at.isoformat()] for code in valid[:MAX_EARLIER_CODES]]
        self.salt, self.digest, self.sent_at = new
        self.guesses, self.guesses_by = 0, None
        self.save(update_fields=["salt", "digest", "sent_at", "earlier", "guesses", "guesses_by"])
        return text

    def is_email_waiting(self) -> bool:
        """Whether a request was made whose e-mail is still to be sent."""
        is_waiting = self.sent_at is None or self.requested_at > self.sent_at
        return bool(self.requesters) and is_waiting and not self.is_too_old_to_send()

    def is_too_old_to_send(self) -> bool:
        """Whether the newest request was made so long ago that no e-mail is sent for it."""
        return timezone.now() - self.requested_at > EMAIL_MAX_AGE

    def count_guess(
        self, typed: str, network: str = "", ticket: str = ""
    ) -> CodeIncorrect | CodeExpired | CodeUsedUp | None:
        """Return the error of what was typed, or None; the caller holds the row's lock and raises after the commit.

        A confirmed code can be confirmed again until it expires, since a user may go back a screen.
        """
        by_ticket = name_of_ticket(ticket, self.email, self.purpose)
        is_requester = bool(by_ticket or self.member_id or network in (self.requesters or []))
        guesser = by_ticket or network
        if not self._may_guess(guesser, is_requester=is_requester):
            return CodeUsedUp()
        same = [code for code in self._sent_codes() if code.matches(typed, self.purpose)]
        if not same:
            self._count_wrong(guesser, is_requester=is_requester)
            return CodeIncorrect()
        if same[0].is_expired():
            return CodeExpired()
        self.nonce, self.confirmed_at = self.nonce or secrets.token_hex(16), timezone.now()
        self.confirmed_network = network
        self.save(update_fields=["nonce", "confirmed_at", "confirmed_network"])
        return None

    def is_confirmed(self, seconds: int) -> bool:
        """Whether the address was confirmed within so many seconds."""
        return self.confirmed_at is not None and self.confirmed_at > timezone.now() - timedelta(seconds=seconds)

    def may_be_used_from(self, network: str) -> bool:
        """Whether a client that shows no proof, but only the address, may use the confirmation from this network.

        The network that confirmed always may. Phones change networks, so any other may later, but none that was waiting
        for the confirmation, and none at all where so many were waiting that not all of them are recorded.
        """
        if network == self.confirmed_network:
            return True
        early = self.early_networks or []
        is_late = not self.is_confirmed(settings.ANDROID_CONFIRMATION_NETWORK_SECONDS)
        return is_late and network not in early and len(early) < MAX_EARLY_NETWORKS

    def make_proof(self) -> tuple[str, datetime]:
        """Return a signed proof of the confirmation, and its expiry. Raises ProofInvalid before the confirmation."""
        if self.confirmed_at is None:
            raise ProofInvalid
        proof = signing.dumps({"id": self.pk, "nonce": self.nonce}, salt=PROOF_SALT)
        return proof, self.confirmed_at + timedelta(seconds=settings.VERIFICATION_PROOF_SECONDS)

    def _may_guess(self, guesser: str, *, is_requester: bool) -> bool:
        """Whether fewer guesses were wrong than each guesser has; all who did not request the code share a total."""
        used_up = (self.guesses_by or {}).get(guesser, 0) >= settings.VERIFICATION_CODE_GUESSES
        return not used_up and (is_requester or self.guesses < settings.VERIFICATION_CODE_GUESSES_TOTAL)

    def _count_wrong(self, guesser: str, *, is_requester: bool) -> None:
        by = self.guesses_by or {}
        self.guesses_by = by | {guesser: by.get(guesser, 0) + 1}
        self.guesses += not is_requester
        self.save(update_fields=["guesses", "guesses_by"])

    def _sent_codes(self) -> list["SentCode"]:
        """Return what is stored of the codes that were sent, newest first."""
        earlier = [SentCode(salt, digest, datetime.fromisoformat(time)) for salt, digest, time in self.earlier or []]
        newest = [SentCode(self.salt, self.digest, self.sent_at)] if self.sent_at else []
        return newest + earlier


def _job_kind(purpose: str, from_busy_network: bool) -> str:
    if purpose not in VerificationCode.SIGN_UP_PURPOSES:
        return "accounts.mail_code"
    return "accounts.mail_busy_network_code" if from_busy_network else "accounts.mail_sign_up_code"
