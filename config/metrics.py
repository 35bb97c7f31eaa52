"""Prometheus metrics of all worker processes, served on METRICS_PORT.

prometheus_client reads PROMETHEUS_MULTIPROC_DIR when it is imported. The functions import it themselves, so that
`prepare_directory` can set the variable first.
"""

import os
import shutil

from django.conf import settings


def prepare_directory() -> None:
    """Create an empty directory for the metrics of the processes; old files would be counted again."""
    directory = settings.VAR_DIR / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)


def start_server() -> None:
    """Serve the metrics of all processes from a thread of the master, on the address that the server listens on."""
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    start_http_server(settings.METRICS_PORT, settings.BIND.strip("[]"), registry=registry)


def remove_process(pid: int) -> None:
    """Drop the gauges of a process that has ended; its counters stay in the totals."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(pid)
