"""A Redis that stops answering, how often it is waited for, and a clock that is moved by hand."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.connection import AbstractConnection

from tests import services


class StoppableRedis:
    """A running Redis."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = redis.Redis.from_url(url)
        self._process = self.client.info("server")["process_id"]

    def stop(self) -> None:
        """Have it take connections and answer none, which is the worst way to be away."""
        os.kill(self._process, signal.SIGSTOP)

    def resume(self) -> None:
        """Have it answer again."""
        os.kill(self._process, signal.SIGCONT)


@contextmanager
def stoppable_redis() -> Iterator[StoppableRedis]:
    """A Redis of one test's own; skips the test where none is installed."""
    if not services.has_redis():
        pytest.skip("needs redis-server, which is not installed here")
    with services.redis_server() as url:
        server = StoppableRedis(url)
        yield server
        server.resume()


class RestartableRedis:
    """A Redis of a test's own that may be killed and started again, at the same port and with the same folder."""

    def __init__(self, folder: Path) -> None:
        self.snapshot = folder / "dump.rdb"
        self._folder, self._port, self._running = folder, services.free_port(), ExitStack()
        self.url = f"redis://127.0.0.1:{self._port}/0"
        self.client = redis.Redis.from_url(self.url)

    def start(self) -> None:
        """Start it with the snapshot that is in its folder, if there is one."""
        self._running.enter_context(services.running_redis(self._folder, self._port))

    def stop(self) -> None:
        """End it; what is in memory is lost."""
        self._running.close()

    def restart(self, *, snapshot: bool) -> None:
        """Have it lose all that is in memory, and have it load its last snapshot, or nothing."""
        self.stop()
        if not snapshot:
            self.snapshot.unlink(missing_ok=True)
        self.start()


@contextmanager
def restartable_redis() -> Iterator[RestartableRedis]:
    """A Redis of one test's own; skips the test where none is installed."""
    if not services.has_redis():
        pytest.skip("needs redis-server, which is not installed here")
    with services.server_folder("redis") as folder:
        server = RestartableRedis(folder)
        server.start()
        yield server
        server.stop()


class Waits:
    """How many answers of a Redis this process has waited for, in all threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._began = 0
        self._seen: list[None] = []
        read = AbstractConnection.read_response

        def counted(connection: AbstractConnection, *args: Any, **options: Any) -> Any:
            self._seen.append(None)
            return read(connection, *args, **options)

        monkeypatch.setattr(AbstractConnection, "read_response", counted)

    def reset(self) -> None:
        """Count from nothing again."""
        self._began = len(self._seen)

    @property
    def number(self) -> int:
        """How many there were since the last reset."""
        return len(self._seen) - self._began


class StoppedClock:
    """Stands in for `time.monotonic`, so that no pause ends by itself however slow the machine is."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = time.monotonic()
        monkeypatch.setattr(time, "monotonic", lambda: self._now)

    def shift(self, seconds: float) -> None:
        """Let so much time pass."""
        self._now += seconds
