"""Phones of a social network, for locust: `var/benchmarks/venv/bin/locust -f benchmarks/locustfile.py --host URL`.

Each user is one phone of a member of the demo data. Its owner opens the app (configuration, feed), scrolls, looks at
profiles and single posts, and publishes seldom; the phone stays logged in. For more than a few dozen users of one
address the server needs higher rate limits: `THROTTLE_RATES=sign-in-address=100000/minute make run`.

`python -m benchmarks.phones` starts a server for them and measures what it needs; it runs this file as a module.
"""

import argparse
import itertools
import json
import random
import sys
from typing import Any

import gevent
from locust import HttpUser, between, events
from locust.env import Environment

from operations.demo_data import DEMO_PASSWORD

API = "/api/v1"
# Pages that a reader scrolls through at once, at most.
PAGES = 6
numbers = itertools.count()


def add_members(parser: Any) -> None:
    """Add the option that says how many members the server was seeded with."""
    parser.add_argument("--members", type=int, default=24, help="members of the demo data (default: 24)")
    parser.add_argument("--domain", default="@heart.example", help="of their addresses (default: @heart.example)")


class Phone(HttpUser):  # type: ignore[misc]
    """One member's phone."""

    wait_time = between(1, 5)

    def on_start(self) -> None:
        """Log in, as after an installation."""
        # The first three are Mina, Jun and Sora.
        self.member = next(numbers) % (self.environment.parsed_options.members - 3) + 4
        self.log_in()
        self.open_app()

    def log_in(self) -> None:
        """Log in again."""
        email = f"member{self.member}{self.environment.parsed_options.domain}"
        credentials = {"email": email, "password": DEMO_PASSWORD, "device": "locust"}
        # So many at once as at the start of a test may have to wait.
        while not (response := self.client.post(f"{API}/sessions", json=credentials)).ok:
            gevent.sleep(float(response.headers.get("Retry-After", 1)))
        self.client.headers["Authorization"] = f"Bearer {response.json()['access']}"

    def open_app(self) -> None:
        """Read the configuration and the feed, then some pages further down."""
        self.client.get(f"{API}/config")
        page = self.read_page(f"{API}/posts", "/posts")
        for _ in range(random.randrange(PAGES)):  # noqa: S311 - not a secret
            if page["next"]:
                self.wait()
                page = self.read_page(f"{API}/posts?cursor={page['next']}", "/posts?cursor=")

    def follow_others(self) -> None:
        """Read the posts of followed members, a profile and its posts, and one post."""
        page = self.read_page(f"{API}/posts?following=true", "/posts?following=true")
        if posts := page["results"]:
            post = random.choice(posts)  # noqa: S311 - not a secret
            author = post["author"]["id"]
            self.client.get(f"{API}/members/{author}", name="/members/ID")
            self.read_page(f"{API}/posts?author={author}", "/posts?author=")
            self.client.get(f"{API}/posts/{post['id']}", name="/posts/ID")

    def publish(self) -> None:
        """Publish a text."""
        self.client.post(f"{API}/posts", json={"text": "Written by a simulated phone."}, name="/posts (publish)")

    def read_page(self, path: str, name: str) -> dict[str, Any]:
        """Return a page; an empty one if it was refused, which locust counts."""
        with self.client.get(path, name=name, catch_response=True) as response:
            page: dict[str, Any] = response.json() if response.ok else {"results": [], "next": None}
        return page

    tasks = {open_app: 20, follow_others: 10, publish: 2, log_in: 1}


events.init_command_line_parser.add_listener(add_members)


def main() -> None:
    """Run phones without locust's web page, and print a line of JSON when all are there, and one at the end."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.locustfile", description=main.__doc__)
    add_members(parser)
    parser.add_argument("--host", required=True)
    for name in ("phones", "ramp-up", "seconds"):
        parser.add_argument(f"--{name}", type=int, required=True)
    chosen = parser.parse_args()
    environment = Environment(user_classes=[Phone], host=chosen.host, parsed_options=chosen, stop_timeout=10)
    runner = environment.create_local_runner()
    runner.start(chosen.phones, spawn_rate=2 * chosen.phones / chosen.ramp_up)
    gevent.sleep(chosen.ramp_up)
    environment.stats.reset_all()
    print(json.dumps({"phones": runner.user_count}), flush=True)
    gevent.sleep(chosen.seconds)
    total = environment.stats.total
    found: dict[str, Any] = {"requests": total.num_requests, "failures": total.num_failures}
    found |= {f"p{share}_ms": total.get_response_time_percentile(share / 100) for share in (50, 99)}
    print(json.dumps(found), flush=True)
    for error in environment.stats.errors.values():
        print(error.occurrences, error.to_name(), file=sys.stderr)
    runner.quit()


if __name__ == "__main__":
    main()
