"""The letters this room sends, worded in templates/accounts/emails/ in Korean and English."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import LoginSession, Member, SecurityEvent, VerificationCode
from accounts.sessions.login import may_cancel_withdrawal, may_log_in


def send_code(code: VerificationCode, drawn: str) -> None:
    """Mail the code to whom its purpose is for; nobody else learns it, and some addresses get no letter at all.

    The API answers alike for every address, so it is here that a member's address gets no code to join or move with,
    that only a standing member's gets one to leave, and that one to reset the password goes to who may sign in with it.
    """
    member = Member.objects.filter(email=code.email).first()
    letter = TEMPLATE_BY_PURPOSE[code.purpose](member)
    if letter is not None:
        send(letter, code.email, code.language, {"code": drawn, "minutes": settings.VERIFICATION_CODE_SECONDS // 60})


def _to_join(member: Member | None) -> str:
    if member is None:
        return "sign_up_code"
    if member.withdrawn_at is None or member.is_suspended:
        return "account_exists"
    return "sign_up_code_withdrawn" if may_cancel_withdrawal(member) else "sign_up_code"


def _to_reset(member: Member | None) -> str | None:
    return "password_reset_code" if member is not None and may_log_in(member) else None


def _to_move(member: Member | None) -> str:
    return "new_email_code" if member is None else "email_taken"


def _to_leave(member: Member | None) -> str | None:
    return "withdrawal_code" if member is not None and member.is_active else None


TEMPLATE_BY_PURPOSE: dict[str, Callable[[Member | None], str | None]] = {
    VerificationCode.SIGN_UP: _to_join,
    VerificationCode.JOIN: _to_join,
    VerificationCode.RESET: _to_reset,
    VerificationCode.NEW_EMAIL: _to_move,
    VerificationCode.WITHDRAW: _to_leave,
    VerificationCode.WITHDRAW_PAGE: _to_leave,
}
TEMPLATE_BY_EVENT = {
    SecurityEvent.PASSWORD_CHANGED: "password_changed",
    SecurityEvent.PASSWORD_RESET: "password_changed",
    SecurityEvent.EMAIL_CHANGED: "email_changed",
}


def send_security_notice(event: SecurityEvent, address: str) -> None:
    """Tell of a change of credentials, in the member's language."""
    send(TEMPLATE_BY_EVENT[event.kind], address, event.member.language, {"time": event.created_at})


def send_new_device(session: LoginSession) -> None:
    """Tell of a device or network that signed in for the first time.

    The device's own name stays out: a thief chooses it, and would be writing to the member in our name.
    """
    words = {"time": session.created_at, "network": session.network}
    send("new_device", session.member.email, session.member.language, words)


def send(letter: str, address: str, language: str, words: dict[str, Any]) -> None:
    """Send one letter, text and HTML. Raises what the mail server's refusal raises; the outbox tries again."""
    with translation.override(language):
        subject = render_to_string(f"accounts/emails/{letter}.subject.txt", words).strip()
        text = render_to_string(f"accounts/emails/{letter}.txt", words)
        html = render_to_string(f"accounts/emails/{letter}.html", words | {"subject": subject, "language": language})
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    message.attach_alternative(html, "text/html")
    # Closed also when the server refuses our password, which Django leaves to the garbage collector.
    with get_connection() as connection:
        connection.send_messages([message])
