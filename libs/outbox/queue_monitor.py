"""Measures the queue now and then, for all workers of a process together."""

import logging
import threading
import time

from libs.outbox import metrics

logger = logging.getLogger("outbox")


class QueueMonitor:
    """Updates the metrics of the queue, and warns once of each kind of job without a handler."""

    # How often it measures. Seconds.
    seconds = 15.0

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._measured_at = float("-inf")
        self._warned_of: set[str] = set()

    def measure_if_due(self) -> None:
        """Measure, unless a worker did so less than `seconds` ago."""
        with self._lock:
            if time.monotonic() - self._measured_at < self.seconds:
                return
            self._measured_at = time.monotonic()
        unknown = metrics.measure_queue().unknown
        for kind in unknown.keys() - self._warned_of:
            logger.warning("outbox jobs wait for a release that knows their kind: %s (%d)", kind, unknown[kind])
        self._warned_of |= unknown.keys()
