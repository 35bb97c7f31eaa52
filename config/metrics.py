"""Prometheus metrics of all worker processes, served on METRICS_PORT.

prometheus_client reads PROMETHEUS_MULTIPROC_DIR when it is imported. The functions import it themselves, so that
`prepare_directory` can set the variable first.
"""

import os
import shutil

from django.conf import settings

# The name of this process's files: a worker takes over those of the one that it replaces.
_name = "master"


def prepare_directory() -> None:
    """Create an empty directory for the metrics of the processes; old files would be counted again.

    prometheus_client would name files by process id, so that workers which are replaced leave ever more files behind,
    all of which are read at each scrape.
    """
    directory = settings.VAR_DIR / "metrics"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    from prometheus_client import values

    values.ValueClass = values.MultiProcessValue(lambda: _name)


def use_files(name: str) -> None:
    """Have this process, which was just forked, write its metrics to files of this name."""
    global _name
    _name = name


def start_server() -> None:
    """Serve the metrics of all processes from a thread of the master, on the address that the server listens on."""
    from prometheus_client import CollectorRegistry, multiprocess, start_http_server

    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    start_http_server(settings.METRICS_PORT, settings.BIND.strip("[]"), registry=registry)


def remove_process(name: str) -> None:
    """Drop the gauges of a process that has ended; its counters stay in the totals."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(name)
