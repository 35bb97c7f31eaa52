"""Members who use v1, and post and delete while a test reads with the app."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle

import httpx

from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_SUPERUSER

# Below what one member may post in an hour. Posts.
MOST = 50
# Between two requests. Seconds.
PAUSE = 0.1


@dataclass
class OtherMember:
    """A member of the demo data who is logged in."""

    client: httpx.Client
    mine: list[str] = field(default_factory=list)
    written: int = 0
    deleted: int = 0

    def post_and_delete(self) -> None:
        """Publish a post; every third time, delete one from the middle of their own."""
        if self.written == MOST:
            return
        data = self.client.post("/posts", json={"text": f"Meanwhile {self.written}"})
        assert data.status_code == 201, data.text
        self.mine.append(data.json()["id"])
        self.written += 1
        if self.written % 3 == 0:
            gone = self.client.delete(f"/posts/{self.mine.pop(len(self.mine) // 2)}")
            assert gone.status_code == 204, gone.text
            self.deleted += 1

    def everything(self) -> set[int]:
        """The ids of all posts."""
        return {int(post["id"]) for post in self.walk()}

    def walk(self, **filters: str) -> Iterator[dict[str, str]]:
        """All posts, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            parameters = {"limit": "100", **filters} | ({"cursor": cursor} if cursor else {})
            data = self.client.get("/posts", params=parameters).json()
            yield from data["results"]
            cursor = data["next"]


@contextmanager
def other_member(url: str, email: str) -> Iterator[OtherMember]:
    """A logged-in member of the demo data, with their posts."""
    with httpx.Client(base_url=f"{url}/api/v1", timeout=20) as client:
        pair = client.post("/sessions", json={"email": email, "password": DEMO_PASSWORD}).json()
        client.headers["Authorization"] = f"Bearer {pair['access']}"
        here = OtherMember(client)
        here.mine = [post["id"] for post in here.walk(author=pair["member_id"])][::-1]
        yield here


@contextmanager
def members_posting(url: str) -> Iterator[OtherMember]:
    """Let two members post and delete in a thread during the block; their errors fail the test after it."""
    over, faults = threading.Event(), list[BaseException]()
    with other_member(url, DEMO_MEMBER) as mina, other_member(url, DEMO_SUPERUSER) as sora:
        thread = threading.Thread(target=_work, args=[[mina, sora], over, faults])
        thread.start()
        try:
            yield mina
        finally:
            over.set()
            thread.join()
    assert not faults, faults


def _work(members: list[OtherMember], over: threading.Event, faults: list[BaseException]) -> None:
    try:
        for member in cycle(members):
            member.post_and_delete()
            if over.wait(PAUSE):
                return
    except Exception as fault:  # noqa: BLE001 - a thread would keep it to itself
        faults.append(fault)
