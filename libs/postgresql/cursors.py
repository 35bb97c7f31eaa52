"""Cursors that measure their statements, by the metrics that django-prometheus defines.

Its own backend makes a class for each cursor, and updates three metrics for each statement.
"""

from functools import cache
from time import perf_counter
from typing import Any

from django.db.backends.utils import CursorWrapper
from django_prometheus.db.metrics import errors_total, query_duration_seconds

VENDOR = "postgresql"


class MeasuredCursor(CursorWrapper):
    """Django's cursor; observes how long each statement takes, and counts those that fail by their error."""

    def _execute(self, sql: Any, params: Any, *ignored: Any) -> Any:
        return self._measure(super()._execute, sql, params, *ignored)  # type: ignore[misc]

    def _executemany(self, sql: Any, param_list: Any, *ignored: Any) -> Any:
        return self._measure(super()._executemany, sql, param_list, *ignored)  # type: ignore[misc]

    def _measure(self, execute: Any, *args: Any) -> Any:
        started = perf_counter()
        try:
            return execute(*args)
        except Exception as error:
            errors_total.labels(self.db.alias, VENDOR, type(error).__name__).inc()
            raise
        finally:
            _duration_of(self.db.alias).observe(perf_counter() - started)


@cache
def _duration_of(alias: str) -> Any:
    # `labels` validates and converts what it is given at each call.
    return query_duration_seconds.labels(alias, VENDOR)
