"""Helpers that read sent e-mails."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from tests.accounts.conftest import code_in

SentEmails = list[EmailMultiAlternatives]


def subjects(messages: Sequence[EmailMultiAlternatives], to: str) -> list[str]:
    """Return the subjects of the e-mails to an address, oldest first."""
    return [str(message.subject) for message in messages if message.to == [to]]


def last_code(messages: Sequence[EmailMultiAlternatives], to: str) -> str:
    """Return the code in the newest e-mail to an address, or ""."""
    mine = [message for message in messages if message.to == [to]]
    return code_in(mine[-1]) if mine else ""


def is_in_language(message: EmailMultiAlternatives, language: str, subject: str) -> bool:
    """Whether subject, text and HTML are in the language; `subject` is the English subject."""
    ((html, _),) = message.alternatives
    with translation.override(language):
        named: Any = translation.gettext(subject)
    return bool(message.subject == named and f'lang="{language}"' in str(html) and "{" not in str(message.body))
