"""What lies in the outbox, and in which words."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from tests.accounts.conftest import code_in

SentEmails = list[EmailMultiAlternatives]


def subjects(messages: Sequence[EmailMultiAlternatives], to: str) -> list[str]:
    """The subjects of what came to an address, the oldest first."""
    return [str(message.subject) for message in messages if message.to == [to]]


def last_code(messages: Sequence[EmailMultiAlternatives], to: str) -> str:
    """The code in the newest e-mail to an address, or ""."""
    mine = [message for message in messages if message.to == [to]]
    return code_in(mine[-1]) if mine else ""


def speaks(message: EmailMultiAlternatives, language: str, subject: str) -> bool:
    """Whether subject, text and HTML are in the language; `subject` is the English one."""
    ((html, _),) = message.alternatives
    with translation.override(language):
        named: Any = translation.gettext(subject)
    return bool(message.subject == named and f'lang="{language}"' in str(html) and "{" not in str(message.body))
