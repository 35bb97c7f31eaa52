"""Somebody with the app in their hand, on a bad network: what they try again, and when they are content."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import Any, TypeVar

from tests.android.app import App, Refused
from tests.android.okhttp import NetworkError
from tests.android.tunnel import Tunnel
from tests.polling import wait_until

Told = TypeVar("Told")
CODE = re.compile(r"^ {4}(\w{8})\r?$", re.MULTILINE)
PAGE = 10


@dataclass
class User(App):
    """The app and its user. What is asked with `insist` gets through in the end, or is refused."""

    @property
    def tunnel(self) -> Tunnel:
        """The way to the server."""
        assert isinstance(self.send, Tunnel)
        return self.send

    def insist(self, step: Callable[[], Told], *done: str) -> Told | None:
        """Try until there is an answer; the phone keeps its login meanwhile.

        A refusal in `done` says that an earlier try was done although its answer was lost: nothing is returned.
        """
        for tries in count():
            login = self.session
            try:
                return step()
            except NetworkError:
                assert self.session is login, "no lost answer ends a login"
            except Refused as refusal:
                if not tries or refusal.code not in done:
                    raise
                return None
        raise AssertionError

    def sure(self, step: Callable[[], Told]) -> Told:
        """What reads, and so can be asked as often as it takes."""
        told = self.insist(step)
        assert told is not None
        return told

    def sign_up(self, email: str, password: str, letters: Path, **names: str) -> None:
        """From the letter with the code to the main screen."""
        self._confirm(email, letters)
        self.insist(partial(self.join, email, password, **names), "AUTH_000", "GLOBAL_006")
        self.insist(partial(self.login, email, password))

    def _confirm(self, email: str, letters: Path) -> None:
        """Ask for a code, and type in what the newest letter says, until it is the right one."""
        before = len(_codes(email, letters))
        self.insist(partial(self.ask_code, email))
        tried: set[str] = set()
        wait_until(lambda: any(self._is_right(email, code, tried) for code in _codes(email, letters)[before:][-1:]))

    def _is_right(self, email: str, code: str, tried: set[str]) -> bool:
        """Whether the code is confirmed; a wrong one is typed once, and a second letter is under way."""
        if code in tried:
            return False
        tried.add(code)
        try:
            self.sure(partial(self.confirm_code, email, code))
        except Refused as refusal:
            if refusal.code != "AUTH_003":
                raise
            return False
        return True

    def publish(self, content: str, files: dict[str, bytes] | None = None) -> dict[str, Any]:
        """Write a post, and look at it in one's own list.

        After a failure the app shows the login screen; opened again it goes straight in, and its user looks first.
        """
        while True:
            try:
                self.register_post(content, files)
            except NetworkError:
                self.insist(self.start)
            for post in self.sure(self.own_posts):
                if post["content"] == content:
                    return post

    def pages(self, thumb: float = 0.0) -> Iterator[list[dict[str, Any]]]:
        """The whole feed, with so many seconds for each page; one that is not full is the last."""
        for page in count():
            posts = self.sure(partial(self.posts, page))
            yield posts
            assert len(posts) <= PAGE
            if len(posts) < PAGE:
                return
            time.sleep(thumb)

    def shows(self, post_id: int) -> bool:
        """Whether a new post is on the first ten pages."""
        return any(post["id"] == post_id for page in islice(self.pages(), 10) for post in page)

    def sees(self, member_id: int) -> bool:
        """Whether anything of that member is left on this phone: a post, or the profile."""
        has_posts = any(post["writer_id"] == member_id for page in self.pages() for post in page)
        try:
            self.sure(partial(self.profile, member_id))
        except Refused as refusal:
            if refusal.code != "GLOBAL_001" or has_posts:
                raise
            return False
        return has_posts


def _codes(email: str, letters: Path) -> list[str]:
    """The codes in the letters to this address, the oldest first; a file that is still being written has none yet."""
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(letters.glob(f"*{email}*"))]
    texts = [letter.get_body(["plain"]) for letter in read]
    found = [CODE.search(text.get_content()) for text in texts if text]
    return [code[1] for code in found if code]
