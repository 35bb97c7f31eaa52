"""Members of the town who use v1, and keep posting and deleting while a phone is looked at."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

import httpx

from operations.demo_data import DEMO_MEMBER, DEMO_MODERATOR, DEMO_PASSWORD

# Below what one member may post in an hour. Posts.
MOST = 50
# Between two deeds of theirs. Seconds.
PAUSE = 0.1


@dataclass
class Neighbour:
    """One of them, signed in."""

    client: httpx.Client
    mine: list[str] = field(default_factory=list)
    written: int = 0
    deleted: int = 0

    def post_and_delete(self) -> None:
        """Write a post; every third time, delete one from the middle of all that is theirs."""
        if self.written == MOST:
            return
        told = self.client.post("/posts", json={"text": f"Meanwhile {self.written}"})
        assert told.status_code == 201, told.text
        self.mine.append(told.json()["id"])
        self.written += 1
        if self.written % 3 == 0:
            gone = self.client.delete(f"/posts/{self.mine.pop(len(self.mine) // 2)}")
            assert gone.status_code == 204, gone.text
            self.deleted += 1

    def everything(self) -> set[int]:
        """The numbers of all posts that are there."""
        return {int(post["id"]) for post in self.walk()}

    def walk(self, **filters: str) -> Iterator[dict[str, str]]:
        """All posts, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            asked = {"limit": "100", **filters} | ({"cursor": cursor} if cursor else {})
            told = self.client.get("/posts", params=asked).json()
            yield from told["results"]
            cursor = told["next"]


@contextmanager
def neighbour(url: str, email: str) -> Iterator[Neighbour]:
    """A member of the demo town, with their posts in it."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=20) as client:
        pair = client.post("/sessions", json={"email": email, "password": DEMO_PASSWORD}).json()
        client.headers["Authorization"] = f"Bearer {pair['access']}"
        here = Neighbour(client)
        here.mine = [post["id"] for post in here.walk(author=pair["member_id"])][::-1]
        yield here


@contextmanager
def busy(url: str) -> Iterator[Neighbour]:
    """Two of them at work in a thread of their own for as long as this lasts; what they met there is raised here."""
    over, faults = threading.Event(), list[BaseException]()
    with neighbour(url, DEMO_MEMBER) as mina, neighbour(url, DEMO_MODERATOR) as sora:
        thread = threading.Thread(target=_work, args=[[mina, sora], over, faults])
        thread.start()
        try:
            yield mina
        finally:
            over.set()
            thread.join()
    assert not faults, faults


def _work(members: list[Neighbour], over: threading.Event, faults: list[BaseException]) -> None:
    try:
        for member in cycle(members):
            member.post_and_delete()
            if over.wait(PAUSE):
                return
    except Exception as fault:  # noqa: BLE001 - a thread would keep it to itself
        faults.append(fault)
