"""Registry of checks of what members write: posts, names, nicknames, texts about themselves.

An upper app adds its own in its `member_data.py`, as with checks of e-mail addresses.
"""

from collections.abc import Callable, Iterable
from typing import Any

# Raises TextRefused for a text that nobody may publish; must cost no query as a rule.
TextCheck = Callable[[str], None]
# Gets the record that was published, a post or a member, and its texts, in the transaction that publishes it.
TextReview = Callable[[Any, Iterable[str]], None]

_checks: list[TextCheck] = []
_reviews: list[TextReview] = []


def add_text_check(check: TextCheck) -> None:
    """Have a check called for each text before it is published."""
    _checks.append(check)


def add_text_review(review: TextReview) -> None:
    """Have a review called for each record after it is published, in the same transaction."""
    _reviews.append(review)


def check_texts(texts: Iterable[str]) -> None:
    """Raise TextRefused if one of the texts may not be published."""
    for text in texts:
        for check in _checks:
            check(text)


def review_texts(record: Any, texts: Iterable[str]) -> None:
    """Have a published record reviewed, in the caller's transaction."""
    for review in _reviews:
        review(record, texts)
