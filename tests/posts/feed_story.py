"""A random story of members who write and read on several servers; each page is compared with the database."""

import os
import random
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.cache import cache
from django.db import transaction

from accounts.models import LoginSession, Member
from libs.marked_cache import CHANGED
from posts.models import Post
from tests.posts.feed_reference import NEWEST, Feed, Place, check_page, check_post, compare_page, read_reference
from tests.posts.feed_servers import FeedServer, Reader

# A number, to play the same story again.
SEED = int(os.environ.get("FEED_SEED", "0")) or secrets.randbelow(1_000_000)
MEMBERS = 8
# Cursors that are followed later.
KEPT_PLACES = 60
LIMITS = (None, None, None, 1, 2, 3, 5, 10, 20, 50, 99, 100)
# How this process makes a change of its own: at once, while others read, or rolled back, whole or in part.
MANNERS = ("plain", "slow", "undone", "undone in part")


class Undone(Exception):
    """Rolls a transaction back."""


def expire_markers() -> None:
    """Delete markers of changed relations, as when time has passed: while they are there, no relations are cached."""
    shared: Any = cache
    for pattern in ("relations:*", "marks:*"):
        for key in shared.iter_keys(pattern):
            if shared.get(key) == CHANGED:
                shared.delete(key)


class FeedStory:
    """Members, servers, and what happened so far."""

    def __init__(self, servers: list[FeedServer]) -> None:
        self.servers = servers
        self.random = random.Random(SEED)
        self.readers = [Reader.sign_up(nickname=f"Member {number}") for number in range(MEMBERS)]
        self.kept: list[tuple[Reader, Feed, Place]] = []
        self.log: list[str] = []

    @contextmanager
    def explaining_failures(self) -> Iterator[None]:
        """Add the seed and the last changes to an assertion that fails."""
        try:
            yield
        except AssertionError as error:
            changes = "\n".join(self.log[-20:])
            raise AssertionError(f"FEED_SEED={SEED}, after\n{changes}\n{error}") from error

    # Who and what ----------------------------------------------------------------------------------

    def active(self) -> list[Reader]:
        """Members who are neither withdrawn nor suspended."""
        ids = set(Member.objects.active().values_list("pk", flat=True))
        return [reader for reader in self.readers if reader.member.pk in ids]

    def in_state(self, **state: Any) -> Reader | None:
        """Any member in this state."""
        ids = set(Member.objects.filter(**state).values_list("pk", flat=True))
        reader: Reader | None = self.any([reader for reader in self.readers if reader.member.pk in ids])
        return reader

    def any(self, choices: Any) -> Any:
        """One of them, or None if there is none."""
        choices = list(choices)
        return self.random.choice(choices) if choices else None

    def two(self) -> tuple[Reader, Reader]:
        """Two active members."""
        one, other = self.random.sample(self.active(), 2)
        return one, other

    def own_post(self) -> tuple[Reader, Post | None]:
        """Any active member, and one of their posts."""
        reader = self.random.choice(self.active())
        return reader, self.any(Post.objects.feed_for(reader.member).filter(author=reader.member))

    def text(self) -> str:
        """A text that nothing has yet."""
        return f"text {self.random.getrandbits(64):x}"

    # Changes ---------------------------------------------------------------------------------------

    def make(self, change: Any, writer: FeedServer | None, *, may_be_slow: bool = True) -> None:
        """Make a change, on a server or here, and check pages on another server."""
        name = self.servers.index(writer) if writer else "the test"
        self.log.append(f"{len(self.log)}: {change.__name__} by {name}")
        concerned = change(self, writer) if writer else self.change_here(change, may_be_slow)
        self.log_in_again()
        if self.random.random() < 0.5:
            expire_markers()
        self.check_some_pages([server for server in self.servers if server is not writer], concerned or [])

    def change_here(self, change: Any, may_be_slow: bool) -> Any:
        """Make a change by the models, perhaps in a transaction that others do not see, and that is rolled back."""
        manner = self.random.choice(MANNERS) if may_be_slow else "plain"
        self.log[-1] += f", {manner}"
        if manner == "plain":
            return change(self)
        readers = self.random.sample(self.active(), 2)
        before = [(reader, read_reference(NEWEST, reader.member, None)) for reader in readers]
        concerned = readers
        with suppress(Undone), transaction.atomic():
            with suppress(Undone), transaction.atomic():
                concerned = change(self) or readers
                if manner == "undone in part":
                    raise Undone
            if manner == "undone in part":
                concerned += change(self) or []
            for reader, page in before:
                for server in self.servers:
                    compare_page(page, server, reader, NEWEST, None)
            if manner == "undone":
                raise Undone
        return concerned

    def log_in_again(self) -> None:
        """Log in whoever is active again."""
        live = set(LoginSession.objects.live().values_list("member_id", flat=True))
        for reader in self.active():
            if reader.member.pk not in live:
                reader.log_in()

    # Pages -----------------------------------------------------------------------------------------

    def check_some_pages(self, servers: list[FeedServer], concerned: list[Reader]) -> None:
        """Check a page of a member whom the change concerns and one of anybody, and perhaps follow an old cursor."""
        active = self.active()
        for choices in ([reader for reader in concerned if reader in active], active):
            if choices:
                self.check_first_page(self.random.choice(servers), self.random.choice(choices))
        if post := self.any(Post.objects.values_list("pk", flat=True)):
            check_post(self.random.choice(servers), self.random.choice(active), post)
        kept = self.any([each for each in self.kept if each[0] in active])
        if kept and self.random.random() < 0.5:
            check_page(self.random.choice(servers), kept[0], kept[1], self.random.choice(LIMITS), kept[2])

    def check_first_page(self, server: FeedServer, reader: Reader) -> None:
        """Check the first page of any feed and keep its cursors."""
        feed = self.feed()
        places = check_page(server, reader, feed, self.random.choice(LIMITS))
        self.kept += [(reader, feed, place) for place in places]
        del self.kept[:-KEPT_PLACES]

    def feed(self) -> Feed:
        """The feed of all, twice as often as one of those followed or of one author."""
        author = self.random.choice(self.readers).member.pk
        return self.random.choice([NEWEST, NEWEST, Feed(following=True), Feed(author=author)])

    def walk(self) -> None:
        """Follow `next` from the first page to the last, asking each server in turn."""
        reader, feed, limit = self.random.choice(self.active()), self.feed(), self.random.choice([3, 7, 30])
        place, number = None, 0
        while number == 0 or place:
            places = check_page(self.servers[number % len(self.servers)], reader, feed, limit, place)
            place, number = next((each for each in places if not each.back), None), number + 1
