"""The workers of one process: some for each lane, so that no lane waits for another."""

import threading
import time
from collections.abc import Collection

from django.conf import settings
from django.db import connections

from libs.outbox.pauses import Pauses
from libs.outbox.queue_monitor import QueueMonitor
from libs.outbox.registry import known_kinds, lane_of
from libs.outbox.worker import Worker


class WorkerPool:
    """Runs settings.OUTBOX_WORKERS workers for each lane, as threads of this process.

    Raises UnknownJobKind when a chosen kind has no handler.
    """

    # How often it looks whether it was asked to stop. Seconds.
    poll_seconds = 0.2

    def __init__(self, chosen: Collection[str] = ()) -> None:
        monitor, pauses = QueueMonitor(), Pauses()
        # A plain flag, so that a signal handler may set it whatever lock its thread holds.
        self.stopping = False
        self.workers = [
            Worker(chosen, lane=lane, monitor=monitor, pauses=pauses)
            for lane in sorted({lane_of(kind) for kind in chosen or known_kinds()})
            for _ in range(int(settings.OUTBOX_WORKERS.get(lane, 1)))
        ]
        self._threads = [
            threading.Thread(target=_run, args=(worker,), name=f"outbox-{worker.lane}", daemon=True)
            for worker in self.workers
        ]

    def run(self) -> None:
        """Run jobs until `stopping` is set, then let the workers end their present jobs."""
        self.start()
        while not self.stopping:
            time.sleep(self.poll_seconds)
        self.stop()
        self.join()

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let each worker return after its present job."""
        for worker in self.workers:
            worker.stop()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the workers have returned, all together at most so long."""
        end = None if seconds is None else time.monotonic() + seconds
        for thread in self._threads:
            thread.join(None if end is None else max(end - time.monotonic(), 0))

    def is_running(self) -> bool:
        """Whether any worker runs."""
        return any(thread.is_alive() for thread in self._threads)


def _run(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connections.close_all()
