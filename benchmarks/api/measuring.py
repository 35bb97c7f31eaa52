"""One measurement: load on one server for some seconds, and the processor time of all that answered."""

import json
import statistics
import urllib.request
from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

import redis

from benchmarks.api.load import LoadGenerator, Request
from benchmarks.api.processor_time import processor_seconds, wait_until_idle
from benchmarks.api.scenarios import Contender, Scenario
from benchmarks.api.seeding import TEXT, RequestData
from benchmarks.api.servers import Backends, Servers, Size
from tests.server_process import ServerProcess

# Requests with which each contender is warmed up, at most, and compared with others.
WARM_UP, COMPARED = 32, 3


class Measurement(NamedTuple):
    """What was measured of one server; `spent` is the CPU of server, PostgreSQL and Redis. All times in seconds."""

    requests: int
    seconds: float
    spent: list[float]
    p50: float
    p99: float

    @property
    def costs(self) -> list[float]:
        """CPU seconds of server, PostgreSQL and Redis for 1,000 requests."""
        return [seconds * 1_000 / self.requests for seconds in self.spent]

    @property
    def cost(self) -> float:
        """All of them; above zero, since clocks tick a hundred times a second."""
        return max(sum(self.costs), 0.001)


class Benchmark:
    """Servers, clients, and what their requests need to know of each database."""

    def __init__(self, servers: Servers, load: LoadGenerator, size: Size, request_data: dict[int, RequestData]) -> None:
        self.servers, self.load, self.size, self.request_data = servers, load, size, request_data
        self.sent: Counter[Contender] = Counter()

    def size_of(self, contender: Contender) -> Size:
        return self.size._replace(posts=self.size.posts // contender.divisor)

    def server(self, contender: Contender) -> ServerProcess:
        return self.servers.get(contender.server, self.size_of(contender))

    def requests(self, contender: Contender) -> list[Request]:
        return contender.requests(self.request_data[contender.divisor], contender.server)

    def measure(self, scenario: Scenario, contender: Contender, seconds: float) -> Measurement:
        """Warm up, wait until all is quiet, and measure; raises RuntimeError when a request was refused."""
        server, requests, backends = self.server(contender), self.requests(contender), self.servers.backends
        # Goes on where the last round ended, so that a new session is new in each round.
        start = self.sent[contender] % len(requests)
        requests = requests[start:] + requests[:start]
        self._run(scenario, server, requests[:WARM_UP], seconds / 4, each=True)
        requests = requests[WARM_UP:] + requests[:WARM_UP]
        if scenario.empties_redis:
            redis.Redis.from_url(backends.services.redis).flushdb()
        pids = [server.process.pid if server.process else 0, backends.postgres, backends.redis]
        wait_until_idle(pids)
        before = [processor_seconds(pid) for pid in pids]
        latencies = self._run(scenario, server, requests, seconds)
        self.sent[contender] += WARM_UP + len(latencies)
        wait_until_idle(pids)
        spent = [processor_seconds(pid) - start for pid, start in zip(pids, before, strict=True)]
        if scenario.publishes:
            delete_published(backends, self.size_of(contender))
        percentiles = statistics.quantiles(latencies, n=100, method="inclusive")
        return Measurement(len(latencies), seconds, spent, percentiles[49], percentiles[98])

    def _run(
        self, scenario: Scenario, server: ServerProcess, requests: list[Request], seconds: float, *, each: bool = False
    ) -> list[float]:
        load = self.load.run(server.url, requests, scenario.connections, seconds, each=each)
        if refused := {status: number for status, number in load.statuses.items() if status not in (200, 201)}:
            raise RuntimeError(f"{scenario.name}: {server.url} refused requests: {refused}. {server.log[-2_000:]}")
        return load.latencies

    def compare_posts(self, scenario: Scenario) -> None:
        """Raise RuntimeError if the limit answers with other posts than ours, or the stock server with other ids."""
        if not scenario.same_posts:
            return
        for number in range(COMPARED):
            found: dict[int, Any] = {}
            for contender in scenario.contenders:
                request = [each for each in self.requests(contender) if each.body is None][number]
                posts = _posts(self.server(contender).url, request)
                # The stock server has other fields.
                is_whole = contender.server != "stock"
                expected = found.setdefault(contender.divisor, posts)
                if not posts or (posts != expected if is_whole else _ids(posts) != _ids(expected)):
                    raise RuntimeError(
                        f"{scenario.name}: {contender.label} answers {request.path} with none, or others."
                    )


def _posts(url: str, request: Request) -> list[dict[str, Any]]:
    with urllib.request.urlopen(urllib.request.Request(url + request.path, headers=request.headers)) as response:  # noqa: S310 - our server
        content = json.load(response)
    found: list[dict[str, Any]] = content.get("results", [content])
    return found


def _ids(posts: Iterable[dict[str, Any]]) -> list[str]:
    return [str(post["id"]) for post in posts]


def delete_published(backends: Backends, size: Size) -> None:
    """Delete what was published while measuring, so that the next contender finds what this one found."""
    with backends.connect(size) as connection:
        deleted = connection.execute(
            "DELETE FROM posts_post WHERE created_at > now() - interval '1 hour' AND text = %s", [TEXT]
        )
        if deleted.rowcount:
            connection.execute("VACUUM posts_post")
