"""What lies in the letter box, and in which words."""

from collections.abc import Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.utils import translation

from tests.accounts.conftest import code_in

Letters = list[EmailMultiAlternatives]


def subjects(letters: Sequence[EmailMultiAlternatives], to: str) -> list[str]:
    """The subjects of what came to an address, the oldest first."""
    return [str(letter.subject) for letter in letters if letter.to == [to]]


def last_code(letters: Sequence[EmailMultiAlternatives], to: str) -> str:
    """The code in the newest letter to an address, or ""."""
    mine = [letter for letter in letters if letter.to == [to]]
    return code_in(mine[-1]) if mine else ""


def speaks(letter: EmailMultiAlternatives, language: str, subject: str) -> bool:
    """Whether subject, text and HTML are in the language; `subject` is the English one."""
    ((html, _),) = letter.alternatives
    with translation.override(language):
        named: Any = translation.gettext(subject)
    return bool(letter.subject == named and f'lang="{language}"' in str(html) and "{" not in str(letter.body))
