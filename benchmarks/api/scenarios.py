"""What is measured: scenarios, and the contenders in each."""

import base64
import random
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote, urlencode

import orjson

from benchmarks.api.load import Request
from benchmarks.api.seeding import TEXT, RequestData
from operations.demo_data import DEMO_PASSWORD

FEED = "/api/v1/posts"
PUBLISH = orjson.dumps({"text": TEXT})
# Of a mix of 100 requests, these many read one post, and as many publish one; the others read the feed.
ONE_POST = PUBLISHED = 5
MIX_LENGTH = 200
# Page of the Android app that is compared with the first one, where there are so many posts.
APP_PAGE, PAGE_SIZE = 500, 20

# What a server is asked, by its name, since each has cursors of its own.
Requests = Callable[[RequestData, str], list[Request]]


class Contender(NamedTuple):
    """A server with its requests; its cost is divided by that of the contender with the label `baseline`."""

    label: str
    server: str
    requests: Requests
    baseline: str
    # Its table has the chosen number of posts, divided by this.
    divisor: int = 1


class Scenario(NamedTuple):
    """Contenders that are measured one after the other in each round."""

    name: str
    title: str
    contenders: list[Contender]
    connections: int = 16
    # Whether the posts of each measurement are deleted after it.
    publishes: bool = False
    # Whether Redis is emptied before each measurement.
    empties_redis: bool = False
    # Whether all contenders of one table answer the first requests with the same posts.
    same_posts: bool = True


def read_feed(data: RequestData, server: str) -> list[Request]:
    """The newest posts."""
    return [Request(FEED, token) for token in data.tokens]


def read_far_down(data: RequestData, server: str) -> list[Request]:
    """A page half a million posts down."""
    time, post = data.deep_post
    cursors = {
        "ours": data.deep_cursor,
        "limit": f"{round(datetime.fromisoformat(time).timestamp() * 1_000_000)}_{post}",
        "stock": base64.b64encode(urlencode({"p": str(datetime.fromisoformat(time))}).encode()).decode(),
    }
    return [Request(f"{FEED}?cursor={quote(cursors[server])}", token) for token in data.tokens]


def read_author(data: RequestData, server: str) -> list[Request]:
    """The posts of an active member."""
    return [Request(f"{FEED}?author={data.author}", token) for token in data.tokens]


def read_followed(data: RequestData, server: str) -> list[Request]:
    """The posts of followed members."""
    return [Request(f"{FEED}?following=true", token) for token in data.tokens]


def publish(data: RequestData, server: str) -> list[Request]:
    """A text."""
    return [Request(FEED, token, PUBLISH) for token in data.tokens]


def mix(data: RequestData, server: str) -> list[Request]:
    """Reading the feed and single posts, and publishing."""
    rng = random.Random(1)  # noqa: S311 - the same requests for all
    paths = [f"{FEED}/{post}" for post in data.newest_posts]
    requests = []
    for number in range(MIX_LENGTH):
        token = rng.choice(data.tokens)
        kind = number % 100
        if kind < PUBLISHED:
            requests.append(Request(FEED, token, PUBLISH))
        else:
            # The first reader sees all of these posts, others may not.
            is_one = kind < PUBLISHED + ONE_POST
            requests.append(Request(rng.choice(paths), data.tokens[0]) if is_one else Request(FEED, token))
    rng.shuffle(requests)
    return requests


def log_in(data: RequestData, server: str) -> list[Request]:
    """E-mail and password."""
    bodies = [orjson.dumps({"email": email, "password": DEMO_PASSWORD}) for email in data.emails]
    return [Request("/api/v1/sessions", body=body) for body in bodies]


def read_with_new_sessions(data: RequestData, server: str) -> list[Request]:
    """The newest posts, each time with another session."""
    return [Request(FEED, token) for token in data.new_session_tokens]


def read_as_heavy_reader(data: RequestData, server: str) -> list[Request]:
    """The newest posts, for one who blocks many."""
    return [Request(FEED, data.heavy_reader)] * len(data.tokens)


def read_app_page(number: int) -> Requests:
    """This page of the Android app's feed, or the one half-way down."""

    def requests(data: RequestData, server: str) -> list[Request]:
        page = min(number, data.depth // PAGE_SIZE)
        path = "/post/posts?member_id={}&page={}&size={}"
        return [Request(path.format(member, page, PAGE_SIZE), token) for member, token in data.app_readers]

    return requests


def _compared(requests: Requests, *servers: str) -> list[Contender]:
    """Return a contender for each of these servers, compared with the limit."""
    return [Contender(server, server, requests, "limit") for server in servers]


def _growing(server: str) -> list[Contender]:
    smallest = f"{server}, N/100"
    labels = {100: smallest, 10: f"{server}, N/10", 1: f"{server}, N"}
    return [Contender(label, server, read_feed, smallest, divisor) for divisor, label in labels.items()]


SERVERS = ("ours", "uncached", "limit", "stock")
GROWTH = "growth"
SCENARIOS = [
    Scenario("feed", "Feed, page 1", _compared(read_feed, *SERVERS)),
    # The cache has none of these.
    Scenario("deep", "Feed, 500,000 posts down (or half-way)", _compared(read_far_down, "ours", "limit", "stock")),
    Scenario("author", "One member's posts", _compared(read_author, "ours", "limit", "stock")),
    Scenario("followed", "Posts of followed members", _compared(read_followed, "ours", "limit", "stock")),
    Scenario(
        "mix",
        "90 % feed, 5 % one post, 5 % publishing",
        _compared(mix, *SERVERS),
        publishes=True,
    ),
    Scenario(
        "publish",
        "Publishing a text",
        _compared(publish, "ours", "limit", "stock"),
        publishes=True,
        same_posts=False,
    ),
    # No more connections than ours compares passwords at the same time. The limit is Argon2 with the same parameters.
    Scenario("log-in", "Logging in", _compared(log_in, "ours", "limit"), connections=2, same_posts=False),
    Scenario(
        "new-sessions",
        "Feed, every request with a session that is not cached",
        _compared(read_with_new_sessions, "ours", "uncached", "limit"),
        empties_redis=True,
    ),
    Scenario(
        "app-page",
        "The Android app's page 500 (or half-way) and page 0",
        [
            Contender("ours, page 0", "ours", read_app_page(0), "ours, page 0"),
            Contender("ours, page 500", "ours", read_app_page(APP_PAGE), "ours, page 0"),
        ],
        same_posts=False,
    ),
    Scenario(
        "heavy-reader",
        "Feed of a member who blocks many, and of ordinary ones",
        [
            Contender(f"{server}, {kind}", server, requests, f"{server}, ordinary")
            for server in ("uncached", "limit", "stock")
            for kind, requests in (("ordinary", read_feed), ("many blocks", read_as_heavy_reader))
        ],
        same_posts=False,
    ),
    Scenario(
        GROWTH,
        "Feed, page 1, as the table grows",
        [contender for server in ("uncached", "limit", "stock") for contender in _growing(server)],
    ),
]
