"""A server on a real primary and standby, with two phones, and with Redis behind a proxy that can be cut."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from django.db import connection

from libs.replicas.pinning import COMPLETE_SINCE
from operations.demo_data import DEMO_MEMBER, DEMO_PASSWORD, DEMO_READER
from tests.cuttable_proxy import CuttableProxy
from tests.demo_server import Services, demo_stores
from tests.polling import wait_until
from tests.postgres_pair import PostgresServer, postgres_pair
from tests.server_process import ServerProcess, running_server, server_environment
from tests.services import free_port, has_postgres, program

DATABASE = "heart"
# Short, since stories wait for it. On a very slow machine a faulty server might read from the primary in time. Seconds.
MAX_LAG = 4
# So many that each process gets some.
READS = 8


@dataclass
class Phone:
    """A client that is logged in, and opens a connection for each request, so that every worker process gets some."""

    client: httpx.Client
    id: str

    @classmethod
    def log_in(cls, server: ServerProcess, email: str) -> "Phone":
        """Return a phone that is logged in."""
        headers = {"Connection": "close"}
        client = httpx.Client(base_url=f"{server.url}/api/v1/", headers=headers, timeout=60, trust_env=False)
        phone = cls(client, "")
        login = phone.send("POST", "sessions", email=email, password=DEMO_PASSWORD)
        client.headers["Authorization"] = f"Bearer {login['access']}"
        phone.id = login["member_id"]
        return phone

    def request(self, method: str, path: str, **body: Any) -> httpx.Response:
        """Send a request and return the response."""
        return self.client.request(method, path, json=body or None)

    def send(self, method: str, path: str, **body: Any) -> Any:
        """Send a request that succeeds, and return what it is answered with."""
        response = self.request(method, path, **body)
        assert response.is_success, response.text
        return response.json() if response.content else None

    def publish(self, text: str) -> str:
        """Publish a post and return its id."""
        return str(self.send("POST", "posts", text=text)["id"])

    def feed(self, query: str = "") -> list[str]:
        """The ids of the newest posts, or of those that the query selects."""
        return [post["id"] for post in self.send("GET", f"posts{query}")["results"]]


@dataclass
class Scene:
    """The server, its databases and Redis, and the phones of Mina and Jun."""

    server: ServerProcess
    primary: PostgresServer
    standby: PostgresServer
    redis: CuttableProxy
    mina: Phone
    jun: Phone

    def pause_replay(self) -> None:
        """Have the standby receive what the primary writes, and not show it."""
        self.standby.query("SELECT pg_wal_replay_pause()")

    def count_replica_reads(self) -> float:
        """The number of reads so far that the standby has answered, as all processes of the server count them."""
        port = self.server.environment["METRICS_PORT"]
        metrics = httpx.get(f"http://127.0.0.1:{port}", trust_env=False).text
        counted = re.search(r'^h2h_replica_reads_total{outcome="replica"} (.*)$', metrics, re.MULTILINE)
        return float(counted[1]) if counted else 0.0

    def reads_come_from_replica(self, query: str = "") -> bool:
        """Whether the standby answers all of Jun's reads of this feed now, in both processes."""
        before = self.count_replica_reads()
        for _ in range(READS):
            self.jun.feed(query)
        return self.count_replica_reads() == before + READS


@pytest.fixture(scope="module")
def shared_scene(tmp_path_factory: pytest.TempPathFactory, redis_server_url: str) -> Iterator[Scene]:
    """The scene of the module; the standby may be promoted by its last test only."""
    if connection.vendor != "postgresql" or not has_postgres():
        pytest.skip("needs PostgreSQL, and is the same on SQLite")
    var = tmp_path_factory.mktemp("replicas")
    with postgres_pair() as (primary, standby):
        services = Services(primary.url(), redis_server_url)
        proxy = CuttableProxy(services.empty_redis())
        _copy_demo_data(var, services)
        environment = server_environment(var, free_port()) | {
            "DATABASE_URL": f"postgres://postgres@{primary.host},{standby.host}/{DATABASE}"
            "?target_session_attrs=read-write",
            "DATABASE_REPLICA_URLS": standby.url(DATABASE),
            "DATABASE_REPLICA_MAX_LAG": str(MAX_LAG),
            "REDIS_URL": proxy.url,
            # On a busy machine a good Redis may need longer than production waits for one.
            "REDIS_TIMEOUT": "10",
            "WORKERS": "2",
            "METRICS_PORT": str(free_port()),
            "RATE_LIMITS": "off",
            # Pages of the feed come from a database.
            "FEED_CACHE_POSTS": "0",
            "OUTBOX_THREAD": "off",
        }
        with running_server(environment, var) as server:
            mina, jun = Phone.log_in(server, DEMO_MEMBER), Phone.log_in(server, DEMO_READER)
            yield Scene(server, primary, standby, proxy, mina, jun)


def _copy_demo_data(var: Path, services: Services) -> None:
    """Copy the files and the database of the test run's demo data, which takes less time than seeding anew."""
    dump = var / "demo.dump"
    services.execute(f"CREATE DATABASE {DATABASE}")
    with demo_stores(var) as stores:
        subprocess.run([str(program("pg_dump")), "-Fc", f"--file={dump}", stores["DATABASE_URL"]], check=True)
    command = [str(program("pg_restore")), "--exit-on-error", f"--dbname={services.database(DATABASE)}", str(dump)]
    subprocess.run(command, check=True)


@pytest.fixture
def scene(shared_scene: Scene) -> Iterator[Scene]:
    """The scene at rest: the standby replays and is used, and nobody is pinned."""
    at = redis.Redis.from_url(shared_scene.redis.url)
    at.delete(*at.keys("*replicas:pinned:*") or ["none"])
    # As if Redis had run for long.
    at.set(f"h2h:1:{COMPLETE_SINCE}", "1.0")
    wait_until(shared_scene.reads_come_from_replica)
    yield shared_scene
    if shared_scene.standby.process:
        shared_scene.standby.query("SELECT pg_wal_replay_resume() WHERE pg_is_in_recovery()")
