"""Server processes that share a database and a Redis, and members who may use any of them."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings

from accounts.credentials.hashers import LowMemoryArgon2Hasher
from accounts.models import Member
from accounts.sessions import token_rotation
from tests.factories import PASSWORD, MemberFactory
from tests.libs.outbox.processes import database_url
from tests.server_process import ServerProcess, server_environment
from tests.services import free_port

# Limits are counted as in production, and never reached.
UNREACHED = ("post-member", "edit-member", "password-member", "relation-member", "read-member", "write-member",
             "sign-in-address")  # fmt: skip
# The time after which a request has hung. Seconds.
PATIENCE = 60
# Of PASSWORD, by the hasher of a server; the tests' own hash faster.
PASSWORD_HASH = LowMemoryArgon2Hasher().encode(PASSWORD, "salt-of-all-members")


@contextmanager
def feed_servers(folder: Path, changes: Sequence[Mapping[str, str]] = ({}, {})) -> Iterator[list["FeedServer"]]:
    """Run servers on the database of this test, without workers of the outbox: one for each of these settings."""
    servers = [FeedServer.make(folder / str(number), each) for number, each in enumerate(changes)]
    try:
        with ThreadPoolExecutor(len(servers)) as pool:
            list(pool.map(FeedServer.start, servers))
        yield servers
    finally:
        for server in servers:
            server.client.close()
            server.stop()


class FeedServer(ServerProcess):
    """A server, of one process unless settings say otherwise, and the connections that threads have to it."""

    client: httpx.Client

    @classmethod
    def make(cls, folder: Path, changes: Mapping[str, str]) -> "FeedServer":
        """Return a server that is not started yet."""
        folder.mkdir()
        environment = server_environment(folder, free_port()) | {
            "DATABASE_URL": database_url(),
            "REDIS_URL": settings.REDIS_URL,
            # On a busy machine a good Redis may need longer than production waits for one.
            "REDIS_TIMEOUT": "10",
            # What is held is never so old that it is read again for this reason alone.
            "FEED_CACHE_SECONDS": "3600",
            "OUTBOX_THREAD": "off",
            "METRICS_PORT": str(free_port()),
            "IMAGE_BASE_URL": settings.IMAGE_BASE_URL,
            "THROTTLE_RATES": ",".join(f"{scope}=100000/minute" for scope in UNREACHED),
            **changes,
        }
        server = cls(f"http://127.0.0.1:{environment['PORT']}", folder, environment)
        # A connection for each request, so that each process gets some.
        limits = httpx.Limits(max_keepalive_connections=0)
        url = f"{server.url}/api/v1/"
        server.client = httpx.Client(base_url=url, timeout=PATIENCE, limits=limits, trust_env=False)
        return server


class Reader:
    """A member with an access token that is valid on every server."""

    def __init__(self, member: Member) -> None:
        self.member = member
        self.log_in()

    @classmethod
    def sign_up(cls, **fields: Any) -> "Reader":
        """Return a new member, who is logged in."""
        member = MemberFactory.build(password=PASSWORD_HASH, **fields)
        member.save()
        return cls(member)

    def log_in(self) -> None:
        """Start a login session, without a request."""
        pair = token_rotation.start_session(self.member, audience="v1", device="phone", network="192.0.2.0/24")
        self.use(str(pair.access))

    def use(self, access: str) -> None:
        """Send this access token from now on."""
        self.headers = {"Authorization": f"Bearer {access}"}

    def request(self, server: FeedServer, method: str, path: str, **body: Any) -> httpx.Response:
        """Send a request to the server, and return the response whatever it is."""
        return server.client.request(method, path, json=body or None, headers=self.headers)

    def send(self, server: FeedServer, method: str, path: str, **body: Any) -> Any:
        """Send a request that succeeds, and return what it is answered with."""
        response = self.request(server, method, path, **body)
        assert response.is_success, f"{method} {path}: {response.status_code} {response.text}"
        return response.json() if response.content else None
