"""The counters of all processes together, for Prometheus, on a port of their own.

prometheus_client decides when it is imported whether processes share their counters, and the fork must not have
happened by then: so its imports stand inside the functions, after `prepare_directory`.
"""

import os
import shutil

from django.conf import settings


def prepare_directory() -> None:
    """Make the folder the processes count in, empty: files of earlier processes would be counted again."""
    folder = settings.VAR_DIR / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def start_server() -> None:
    """Answer on METRICS_PORT from a thread of this process, the master, for all of them."""
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    start_http_server(settings.METRICS_PORT, registry=registry)


def remove_process(pid: int) -> None:
    """Drop the gauges of a process that has ended; its counters stay in the sums."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)
