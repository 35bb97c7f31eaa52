"""Measures the queue now and then, for all workers of a process together."""

import logging
import threading
import time
from collections.abc import Callable

from libs.outbox import metrics

logger = logging.getLogger("outbox")
_measurements: list[Callable[[], object]] = []


def add_measurement(measure: Callable[[], object]) -> None:
    """Have a function of another package set its gauges whenever the queue is measured."""
    _measurements.append(measure)


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
        for measure in _measurements:
            try:
                measure()
            # It concerns its own gauges; jobs must not wait for it.
            except Exception:
                logger.exception("measurement failed")
        unknown = metrics.measure_queue().unknown
        for kind in unknown.keys() - self._warned_of:
            logger.warning("outbox jobs wait for a release that knows their kind: %s (%d)", kind, unknown[kind])
        self._warned_of |= unknown.keys()
