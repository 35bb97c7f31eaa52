"""E-mails of accounts. Their texts are in templates/emails/accounts/, the Korean ones in config/locale/."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from prometheus_client import Counter

from accounts.models import LoginSession, Member, SecurityEvent, VerificationCode
from accounts.sessions.login import may_cancel_withdrawal, may_log_in
from libs.email_delivery import DeliveryUncertain, EmailRefused, build_email
from libs.outbox.connections import close_unusable_connections
from libs.outbox.errors import PermanentFailure, Postponed
from libs.throttling.rate_limits import count_hit

EMAILS = Counter(
    "h2h_emails",
    "E-mails by template and outcome: sent, refused, uncertain, postponed, expired, failed.",
    ["template", "outcome"],
)
OUTCOMES: dict[type[BaseException], str] = {EmailRefused: "refused", DeliveryUncertain: "uncertain"}

# Longest pause of codes above the rate, so that those which are too old to be sent are recorded in time.
MAX_CODE_PAUSE = timedelta(minutes=1)


def send_code(code: VerificationCode, *, from_busy_network: bool = False) -> None:
    """Generate a code and send it, or send another e-mail or none, by its purpose and by who has the address.

    The API answers alike for every address, so that is decided here: a sign-up or new address that belongs to a member
    gets an e-mail without a code; a password reset or withdrawal for anybody else gets none.

    Raises PermanentFailure when the code was requested too long ago, and as `send` does.
    """
    member = Member.objects.filter(email=code.email).first()
    template = TEMPLATE_BY_PURPOSE[code.purpose](member)
    if code.is_too_old_to_send():
        if template is not None:
            EMAILS.labels(template, "expired").inc()
        raise PermanentFailure("The code was requested too long ago.")
    if template is not None:
        _count_email(template, "email-codes", _group_of_code(code, from_busy_network), MAX_CODE_PAUSE)
    # Also without an e-mail, so that guesses at a code are answered alike for every address.
    context = {"code": code.generate(), "minutes": settings.VERIFICATION_CODE_SECONDS // 60}
    if template is not None:
        _deliver(template, code.email, code.language, context | _withdrawal_context(member))


def _group_of_code(code: VerificationCode, from_busy_network: bool) -> str:
    """Return the group that a code is counted in: a flood of sign-ups delays no others, and no code of a member."""
    if code.purpose not in VerificationCode.SIGN_UP_PURPOSES:
        return "members"
    return "busy networks" if from_busy_network else "sign-up"


def _sign_up_template(member: Member | None) -> str:
    if member is None:
        return "sign_up_code"
    if member.withdrawn_at is None or member.is_suspended:
        return "account_exists"
    return "sign_up_code_withdrawn" if may_cancel_withdrawal(member) else "sign_up_code"


def _join_template(member: Member | None) -> str:
    """Return the template for the Android app: a withdrawn member gets no code, since anybody could use it to erase."""
    if member is None or member.withdrawn_at is None or member.is_suspended:
        return _sign_up_template(member)
    return "account_withdrawn"


def _withdrawal_context(member: Member | None) -> dict[str, Any]:
    """Whether a withdrawn member can return, and the day by which the account is erased."""
    if member is None or member.withdrawn_at is None:
        return {}
    due = max(member.withdrawn_at + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS), timezone.now())
    return {"can_return": may_cancel_withdrawal(member), "erased_by": due}


def _password_reset_template(member: Member | None) -> str | None:
    return "password_reset_code" if member is not None and may_log_in(member) else None


def _new_email_template(member: Member | None) -> str:
    return "new_email_code" if member is None else "email_taken"


def _withdrawal_template(member: Member | None) -> str | None:
    return "withdrawal_code" if member is not None and member.is_active else None


def _appeal_template(member: Member | None) -> str | None:
    return "appeal_code" if member is not None and member.erasure_started_at is None else None


TEMPLATE_BY_PURPOSE: dict[str, Callable[[Member | None], str | None]] = {
    VerificationCode.SIGN_UP: _sign_up_template,
    VerificationCode.JOIN: _join_template,
    VerificationCode.RESET: _password_reset_template,
    VerificationCode.NEW_EMAIL: _new_email_template,
    VerificationCode.WITHDRAW: _withdrawal_template,
    VerificationCode.WITHDRAW_PAGE: _withdrawal_template,
    VerificationCode.APPEAL: _appeal_template,
}
TEMPLATE_BY_EVENT = {
    SecurityEvent.PASSWORD_CHANGED: "password_changed",
    SecurityEvent.PASSWORD_RESET: "password_changed",
    SecurityEvent.EMAIL_CHANGED: "email_changed",
    SecurityEvent.TOKEN_REUSED: "token_reused",
    SecurityEvent.TOKEN_REPEATED: "token_repeated",
    SecurityEvent.STAFF_LOGIN: "new_device",
    SecurityEvent.SECOND_FACTOR_SET: "second_factor_set",
    SecurityEvent.SECOND_FACTOR_RESET: "second_factor_reset",
    SecurityEvent.SECOND_FACTOR_GUESSED: "second_factor_guessed",
}


def send_security_notice(event: SecurityEvent, address: str) -> None:
    """Send an e-mail about a security event, in the member's language."""
    send(
        TEMPLATE_BY_EVENT[event.kind],
        address,
        event.member.language,
        {"time": event.created_at, "network": event.network},
    )


def send_new_device(session: LoginSession) -> None:
    """Send an e-mail about a login from a new device or network.

    It does not contain the device's name: an attacker could choose it, and so write to the member in our name.
    """
    context = {"time": session.created_at, "network": session.network}
    send("new_device", session.member.email, session.member.language, context)


def send_withdrawn(member: Member) -> None:
    """Send an e-mail that says until when the withdrawal can be cancelled, and how."""
    if member.withdrawn_at and may_cancel_withdrawal(member):
        until = member.withdrawn_at + timedelta(days=settings.WITHDRAWAL_GRACE_DAYS)
        send("withdrawn", member.email, member.language, {"until": until})


def send(template: str, address: str, language: str, context: dict[str, Any], *, app: str = "accounts") -> None:
    """Send one notice as text and HTML, within the rate of all notices; `app` has its templates.

    Raises Postponed above that rate, EmailRefused or DeliveryUncertain when it must not be sent again, and the other
    errors of smtplib, which the outbox retries.
    """
    _count_email(template, "email-notices", "all")
    _deliver(template, address, language, context, app=app)


def _count_email(template: str, rate: str, group: str, max_pause: timedelta = timedelta.max) -> None:
    """Count an e-mail in its group. Raises Postponed above the rate, before anything is done for it."""
    total = count_hit(rate, group)
    if not total.allowed:
        EMAILS.labels(template, "postponed").inc()
        delay = min(timedelta(seconds=total.reset_seconds), max_pause)
        raise Postponed(f"More e-mails than the rate {rate} allows.", delay)


def _deliver(template: str, address: str, language: str, context: dict[str, Any], *, app: str = "accounts") -> None:
    context = context | {
        "reset_page": settings.PUBLIC_URL + reverse("reset-password"),
        "support_email": settings.SUPPORT_EMAIL,
    }
    with translation.override(language), timezone.override(ZoneInfo(settings.MEMBER_TIME_ZONE)):
        subject = render_to_string(f"emails/{app}/{template}.subject.txt", context).strip()
        text = render_to_string(f"emails/{app}/{template}.txt", context)
        html_context = context | {"subject": subject, "language": language}
        html = render_to_string(f"emails/{app}/{template}.html", html_context)
    # The mail server may take a minute.
    close_unusable_connections()
    try:
        # As a context manager, so that it is closed also when the server refuses the login.
        with get_connection() as connection:
            connection.send_messages([build_email(subject, text, html, address, language)])
    except Exception as error:
        EMAILS.labels(template, OUTCOMES.get(type(error), "failed")).inc()
        raise
    EMAILS.labels(template, "sent").inc()
