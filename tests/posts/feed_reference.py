"""What a page of a feed must hold, read straight from the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import Q

from accounts.models import Member
from libs.api.conditional_requests import compute_etag
from libs.api.renderers import render_json
from posts.models import Post
from posts.models.post import PostQuerySet
from posts.representations import editable_part, post_representations, post_values
from tests.polling import wait_until
from tests.posts.feed_servers import FeedServer, Reader

PAGE_SIZE = 20


@dataclass(frozen=True)
class Feed:
    """A feed by its query parameters."""

    author: int | None = None
    following: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that choose it."""
        author = {"author": str(self.author)} if self.author else {}
        return author | ({"following": "true"} if self.following else {})

    def posts(self, viewer: Member) -> PostQuerySet:
        """What the viewer may see of it, newest first."""
        posts = Post.objects.feed_for(viewer)
        if self.author:
            return posts.filter(author=self.author)
        posts = posts.not_muted_by(viewer)
        return posts.followed_by(viewer) if self.following else posts


NEWEST = Feed()


@dataclass(frozen=True)
class Place:
    """Where a cursor of a page leads: to the posts after this one, or before it."""

    cursor: str
    created_at: datetime
    id: int
    back: bool

    def posts(self, feed: PostQuerySet) -> PostQuerySet:
        """The posts there, nearest first."""
        sign = "gt" if self.back else "lt"
        same_time = Q(**{"created_at": self.created_at, f"id__{sign}": self.id})
        posts = feed.filter(Q(**{f"created_at__{sign}": self.created_at}) | same_time)
        return posts.order_by("created_at", "id") if self.back else posts


@dataclass(frozen=True)
class Page:
    """A page as the database has it: its results as JSON, their places, and whether there are more."""

    results: bytes
    places: Sequence[tuple[datetime, int]]
    has_more: bool


def read_reference(feed: Feed, viewer: Member, limit: int | None, place: Place | None = None) -> Page:
    """Read the page from the database, without any cache and without the statements that are compiled once."""
    size, posts = limit or PAGE_SIZE, feed.posts(viewer)
    rows = list(post_values(place.posts(posts) if place else posts, viewer)[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if place and place.back:
        rows.reverse()
    places = [(row["created_at"], row["id"]) for row in rows]
    return Page(render_json(post_representations(rows, viewer.pk)), places, has_more)


def check_page(
    server: FeedServer, reader: Reader, feed: Feed, limit: int | None, place: Place | None = None
) -> list[Place]:
    """Read a page from the server and assert that it is the database's; return where its cursors lead."""
    return compare_page(read_reference(feed, reader.member, limit, place), server, reader, feed, limit, place)


def compare_page(
    page: Page, server: FeedServer, reader: Reader, feed: Feed, limit: int | None, place: Place | None = None
) -> list[Place]:
    """Assert that the server's page is this one, byte by byte; return where its cursors lead."""
    body = read_body(server, reader, feed, limit, place)
    assert body.startswith(b'{"results":' + page.results + b',"next":'), differences(page, body)
    cursors = orjson.loads(body)
    if not (place and place.back):
        assert (cursors["next"] is not None) == page.has_more
    if not page.places:
        return []
    assert cursors["previous"]
    before = [Place(cursors["previous"], *page.places[0], back=True)]
    return before + ([Place(cursors["next"], *page.places[-1], back=False)] if cursors["next"] else [])


def check_post(server: FeedServer, reader: Reader, post_id: int) -> None:
    """Read one post from the server and assert that it is the database's, and 404 if the reader may not see it."""
    rows = post_values(Post.objects.visible_to(reader.member).filter(pk=post_id), reader.member)
    found = post_representations(list(rows), reader.member.pk)
    response = reader.request(server, "GET", f"posts/{post_id}")
    assert response.status_code == (200 if found else 404)
    if found:
        assert response.content == render_json(found[0])
        assert response.headers["ETag"] == compute_etag(found[0], editable_part)


def wait_until_right(server: FeedServer, reader: Reader) -> None:
    """Read the first page until it is the database's."""

    def check() -> bool:
        check_page(server, reader, NEWEST, None)
        return True

    wait_until(check, retry_on=(AssertionError,))


def read_body(
    server: FeedServer, reader: Reader, feed: Feed = NEWEST, limit: int | None = None, place: Place | None = None
) -> bytes:
    """Return the body of a page that the server gives."""
    parameters = feed.parameters | ({"limit": str(limit)} if limit else {})
    parameters |= {"cursor": place.cursor} if place else {}
    response = server.client.get("posts", params=parameters, headers=reader.headers)
    assert response.status_code == 200, f"{response.status_code} {response.text}"
    return response.content


def differences(page: Page, body: bytes) -> str:
    """Say how the posts differ."""
    should, found = ({post["id"]: post for post in posts} for posts in _both(page, body))
    return (
        f"missing: {[post for pk, post in should.items() if pk not in found]}, "
        f"too many: {[post for pk, post in found.items() if pk not in should]}, "
        f"stale: {[(found[pk], post) for pk, post in should.items() if pk in found and found[pk] != post]}, "
        f"in order: {[pk for pk in found if pk in should] == [pk for pk in should if pk in found]}"
    )


def _both(page: Page, body: bytes) -> tuple[list[Any], list[Any]]:
    return orjson.loads(page.results), orjson.loads(body)["results"]
