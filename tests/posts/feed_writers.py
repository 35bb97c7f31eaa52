"""Writers of a story with threads (tests.posts.feed_facts): each changes posts and members that are its own."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from typing import Any

from django.utils import timezone

from accounts.models import Member
from posts.models import Post
from tests.factories import PASSWORD
from tests.posts.feed_facts import Facts, Shown
from tests.posts.feed_reference import Feed
from tests.posts.feed_servers import FeedServer, Reader

_texts = count()


@dataclass
class Scene:
    """Servers, readers whose pages are checked, and what is certain."""

    servers: list[FeedServer]
    readers: list[Reader]
    facts: Facts

    def send(self, reader: Reader, method: str, path: str, **body: Any) -> Any:
        """Send a request of the writer to any server."""
        return reader.send(random.choice(self.servers), method, path, **body)

    def publish(self, author: Reader) -> str:
        """Publish a post that everybody sees."""
        text = f"text {next(_texts)}"
        post = str(self.send(author, "POST", "posts", text=text)["id"])
        with self.facts.changing(post, Shown(author.member.nickname, text), self.readers):
            return post


def shown(author: Reader, post: str) -> Shown:
    return Shown(author.member.nickname, Post.objects.get(pk=post).text)


def edit_and_delete(scene: Scene, author: Reader) -> None:
    post, text = scene.publish(author), f"edited {next(_texts)}"
    with scene.facts.changing(post, Shown(author.member.nickname, text), scene.readers):
        scene.send(author, "PATCH", f"posts/{post}", text=text)
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


def delete_all(scene: Scene, author: Reader) -> None:
    post = scene.publish(author)
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "POST", "me/posts/deletion", password=PASSWORD)


def rename(scene: Scene, author: Reader) -> None:
    post = scene.publish(author)
    for _ in range(3):
        author.member.nickname = f"name {next(_texts)}"
        with scene.facts.changing(post, shown(author, post), scene.readers):
            scene.send(author, "PATCH", "me", nickname=author.member.nickname)
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


def remove_and_restore(scene: Scene, author: Reader) -> None:
    post = scene.publish(author)
    for _ in range(3):
        with scene.facts.changing(post, None, scene.readers):
            Post.objects.get(pk=post).remove()
        with scene.facts.changing(post, shown(author, post), scene.readers):
            Post.objects.get(pk=post).restore()
    with scene.facts.changing(post, None, scene.readers):
        Post.objects.get(pk=post).remove()


def suspend_and_lift(scene: Scene, author: Reader) -> None:
    post = scene.publish(author)
    for _ in range(3):
        with scene.facts.changing(post, None, scene.readers):
            Member.objects.get(pk=author.member.pk).suspend(timezone.now() + timedelta(hours=1))
        with scene.facts.changing(post, shown(author, post), scene.readers):
            Member.objects.get(pk=author.member.pk).lift()
    author.log_in()
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


def withdraw_and_return(scene: Scene, author: Reader) -> None:
    post = scene.publish(author)
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "POST", "me/withdrawal", password=PASSWORD)
    with scene.facts.changing(post, shown(author, post), scene.readers):
        credentials = {"email": author.member.email, "password": PASSWORD}
        author.use(scene.send(author, "POST", "sessions", **credentials)["access"])
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


def block_a_reader(scene: Scene, author: Reader) -> None:
    post, (blocked, blocker, *_) = scene.publish(author), scene.readers
    for one, other, reader in [(author, blocked, blocked), (blocker, author, blocker)] * 2:
        with scene.facts.changing(post, None, [reader]):
            scene.send(one, "PUT", f"blocks/{other.member.pk}")
        with scene.facts.changing(post, shown(author, post), [reader]):
            scene.send(one, "DELETE", f"blocks/{other.member.pk}")
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


def be_followed(scene: Scene, author: Reader) -> None:
    post, reader, feed = scene.publish(author), scene.readers[0], Feed(following=True)
    for _ in range(3):
        with scene.facts.changing(post, shown(author, post), [reader], feed):
            scene.send(reader, "PUT", f"follows/{author.member.pk}")
        with scene.facts.changing(post, None, [reader], feed):
            scene.send(reader, "DELETE", f"follows/{author.member.pk}")
    with scene.facts.changing(post, None, scene.readers):
        scene.send(author, "DELETE", f"posts/{post}")


Writer = Callable[[Scene, Reader], None]
WRITERS: list[Writer] = [
    edit_and_delete, edit_and_delete, delete_all, rename, remove_and_restore, suspend_and_lift, withdraw_and_return,
    block_a_reader, be_followed,
]  # fmt: skip
