"""The list of words, as each process holds it, and what it does to texts that members publish."""

import threading
import time
from collections.abc import Iterable
from typing import Any

from accounts.errors import TextRefused
from accounts.models import Member
from comments.models import Comment
from moderation.models import ListedWord, Rules
from moderation.reporting import report_by_rule
from moderation.word_matching import WordMatcher
from posts.models import Post

# How old the list is at most. A process asks for its version so often, and reads the words when that has changed.
# Seconds.
REFRESH_SECONDS = 5.0


class WordList:
    """The words that are listed. Threads share it; one reads while the others go on with what is known."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._matcher = WordMatcher([])
        self._version = -1
        self._read_next_at = 0.0

    def find(self, text: str) -> list[ListedWord]:
        """Return the listed words that the text contains; costs no query but once in REFRESH_SECONDS."""
        if time.monotonic() >= self._read_next_at and self._lock.acquire(blocking=self._version < 0):
            try:
                self._refresh()
            finally:
                self._lock.release()
        return self._matcher.find(text)

    def forget(self) -> None:
        """Have the list read again by the next text."""
        self._read_next_at, self._version = 0.0, -1

    def _refresh(self) -> None:
        version = Rules.objects.current().words_version
        if version != self._version:
            self._matcher, self._version = WordMatcher(list(ListedWord.objects.all())), version
        self._read_next_at = time.monotonic() + REFRESH_SECONDS

    def hold(self) -> None:
        """Have no words and read none from now on; for tests."""
        self._matcher, self._version, self._read_next_at = WordMatcher([]), 0, float("inf")


word_list = WordList()


def find_words(text: str) -> list[ListedWord]:
    """Return the listed words that a text contains, by the list as it is stored now; for trying it out."""
    return WordMatcher(list(ListedWord.objects.all())).find(text)


def refuse_text(text: str) -> None:
    """Raise TextRefused for a text with a word that is refused; which one it is, is not told."""
    if text and any(word.reaction == ListedWord.REFUSE for word in word_list.find(text)):
        raise TextRefused


def report_texts(record: Any, texts: Iterable[str]) -> None:
    """Report a post, a comment or a member whose texts contain a word that moderators want to see."""
    found = [word for text in texts if text for word in word_list.find(text)]
    words = [word for word in found if word.reaction == ListedWord.REPORT]
    if not words:
        return
    published = record if isinstance(record, Post | Comment) else None
    member = Member.objects.get(pk=published.author_id) if published else record
    report_by_rule(member, published, reason=words[0].reason, text=", ".join(word.text for word in words))
