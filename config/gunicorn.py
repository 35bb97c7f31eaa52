"""gunicorn's configuration: one master and WORKERS processes with THREADS threads each."""

import gc
import os
import socket
import struct
from importlib import import_module
from itertools import count
from typing import Any

from django.conf import settings

from config import metrics
from config.logging import logging_config
from libs.process_memory import hide_memory
from operations.welcome import welcome_text

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

wsgi_app = "config.wsgi:application"
# An IPv6 address needs brackets before a port (RFC 3986 3.2.2).
bind = f"[{settings.BIND.strip('[]')}]:{settings.PORT}" if ":" in settings.BIND else f"{settings.BIND}:{settings.PORT}"
worker_class = "config.gunicorn_worker.ProblemWorker"
workers = settings.WORKERS
threads = settings.THREADS
# Import errors show before the first fork, and the processes share the memory of the code. No imported module may open
# a database connection, because connections do not survive a fork.
preload_app = True
# Longer than the 60 s for which load balancers keep idle connections; a shorter time causes 502s. Seconds.
keepalive = 75
# New objects after which the garbage collector looks for cycles, a few megabytes. A number.
GC_OBJECTS = 10_000
# The longest pause within a request or a response. Without it, a phone that loses its network keeps a thread forever.
# Seconds.
SOCKET_TIMEOUT_SECONDS = 20
# A worker process that does not report for so long is replaced. Seconds.
timeout = 60
graceful_timeout = settings.GRACEFUL_SECONDS
# Worker processes restart after so many requests, which would free leaked memory; not all at the same time. Seldom,
# since for the seconds of a restart the others serve alone, and refuse more than they have places for. Requests.
max_requests = 1_000_000 if workers > 1 else 0
max_requests_jitter = 500_000
# Workers report by touching a file. On a stalled disk, healthy workers would be replaced.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# gunicorn creates a control socket in the home directory by default.
control_socket_disable = True
# gunicorn trusts no forwarding headers; Django trusts those of TRUSTED_PROXIES proxies.
forwarded_allow_ips = ""
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# RequestLogMiddleware logs the requests.
accesslog = None
logger_class = "config.gunicorn_worker.ErrorLogger"
logconfig_dict = logging_config(**settings.LOGGING)

if settings.METRICS_PORT:
    metrics.prepare_directory()


def when_ready(server: Any) -> None:
    """Prepare the sockets and the memory of the master before the first fork (gunicorn hook)."""
    hide_memory()
    for listener in server.LISTENERS:
        set_socket_timeouts(listener.sock, SOCKET_TIMEOUT_SECONDS)
    if settings.METRICS_PORT:
        metrics.start_server()
    if not settings.PRODUCTION:
        print(welcome_text(), flush=True)
    # The garbage collector leaves frozen objects alone, so that their memory stays shared with the workers.
    gc.collect()
    gc.freeze()
    # A request makes thousands of objects and hardly a cycle: Python's 700 would have the collector look seven times
    # during a page. A number of objects, and of collections of the younger generation.
    gc.set_threshold(GC_OBJECTS, 20, 20)


def set_socket_timeouts(listener: socket.socket, seconds: int) -> None:
    """Set the kernel's receive and send timeouts, which accepted connections inherit from their listener."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new worker the lowest number that no other has (gunicorn hook, in the master)."""
    taken = {other.number for other in server.WORKERS.values()}
    worker.number = next(number for number in count(1) if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Have the new worker write metrics under its number (gunicorn hook)."""
    metrics.use_files(str(worker.number))


def post_worker_init(worker: Any) -> None:
    """Check the database, and start the outbox thread of a local server, in each worker process (gunicorn hook).

    An error stops the server. The master process opens no connection, because a fork would share it.
    """
    # Models can only be imported after Django's setup, which is later than the import of this file.
    import_module("operations.checks").refuse_demo_members()
    if settings.OUTBOX_THREAD:
        _outbox_thread().start()


def worker_exit(server: Any, worker: Any) -> None:
    """Stop the outbox thread after its job, or leave a long job to another worker (gunicorn hook)."""
    if settings.OUTBOX_THREAD:
        _outbox_thread().stop()


def _outbox_thread() -> Any:
    return import_module("libs.outbox.worker_thread")


def child_exit(server: Any, worker: Any) -> None:
    """Drop the gauges of a worker process that has ended (gunicorn hook, in the master)."""
    if settings.METRICS_PORT:
        metrics.remove_process(str(worker.number))
