"""A user of the app on a bad network: what they repeat, and when they stop."""

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

Result = TypeVar("Result")
CODE = re.compile(r"^ {4}(\w{8})\r?$", re.MULTILINE)
PAGE = 10


@dataclass
class User(App):
    """The app and its user. Steps with `insist` are repeated until there is a response."""

    @property
    def tunnel(self) -> Tunnel:
        """The network between phone and server."""
        assert isinstance(self.send, Tunnel)
        return self.send

    def insist(self, step: Callable[[], Result], *done: str) -> Result | None:
        """Repeat a step until there is a response; the phone keeps its login meanwhile.

        An error in `done` means that an earlier try succeeded although its response was lost: returns None.
        """
        for tries in count():
            login = self.session
            try:
                return step()
            except NetworkError:
                assert self.session is login, "no lost response ends a login"
            except Refused as refusal:
                if not tries or refusal.code not in done:
                    raise
                return None
        raise AssertionError

    def sure(self, step: Callable[[], Result]) -> Result:
        """Repeat a step that only reads."""
        data = self.insist(step)
        assert data is not None
        return data

    def sign_up(self, email: str, password: str, emails: Path, **names: str) -> None:
        """Sign up, from the e-mail with the code to the main screen."""
        self._confirm(email, emails)
        self.insist(partial(self.join, email, password, **names), "AUTH_000", "GLOBAL_006")
        self.insist(partial(self.login, email, password))

    def _confirm(self, email: str, emails: Path) -> None:
        """Request a code, and enter that of the newest e-mail until it is the right one."""
        before = len(_codes(email, emails))
        self.insist(partial(self.ask_code, email))
        tried: set[str] = set()
        wait_until(lambda: any(self._is_right(email, code, tried) for code in _codes(email, emails)[before:][-1:]))

    def _is_right(self, email: str, code: str, tried: set[str]) -> bool:
        """Whether the code is confirmed; a wrong one is entered once, and a second e-mail is on its way."""
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


def _codes(email: str, emails: Path) -> list[str]:
    """The codes in the e-mails to this address, the oldest first; a file that is still being written has none yet."""
    read = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in sorted(emails.glob(f"*{email}*"))]
    texts = [email_message.get_body(["plain"]) for email_message in read]
    found = [CODE.search(text.get_content()) for text in texts if text]
    return [code[1] for code in found if code]
