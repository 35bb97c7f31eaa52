"""The letters this room sends, worded in templates/accounts/mail/ in Korean and English."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation

from accounts.models import Member, VerificationCode
from accounts.signin import may_come_back


def send_code(code: VerificationCode, drawn: str) -> None:
    """Mail the code to a stranger, or to a withdrawn member with the way back; tell a member that they are one.

    A member's address gets no code, so that nobody who merely knows the address learns anything from the API.
    """
    member = Member.objects.filter(email=code.email).first()
    send(_letter_to(member), code.email, code.language, {"code": drawn, "minutes": settings.CODE_SECONDS // 60})


def _letter_to(member: Member | None) -> str:
    if member is None:
        return "code"
    if member.withdrawn_at is None or member.is_suspended:
        return "known"
    return "code_or_return" if may_come_back(member) else "code"


def send(letter: str, address: str, language: str, words: dict[str, Any]) -> None:
    """Send one letter, text and HTML. Raises what the mail server's refusal raises; the outbox tries again."""
    with translation.override(language):
        subject = render_to_string(f"accounts/mail/{letter}.subject.txt", words).strip()
        text = render_to_string(f"accounts/mail/{letter}.txt", words)
        html = render_to_string(f"accounts/mail/{letter}.html", words | {"subject": subject, "language": language})
    message = EmailMultiAlternatives(subject, text, settings.DEFAULT_FROM_EMAIL, [address])
    message.attach_alternative(html, "text/html")
    # Closed also when the server refuses our password, which Django leaves to the garbage collector.
    with get_connection() as connection:
        connection.send_messages([message])
