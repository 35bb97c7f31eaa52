"""How gunicorn serves: one master, WORKERS processes with THREADS threads each, every number from the settings."""

import gc
import os
import socket
import struct
from importlib import import_module
from typing import Any

from django.conf import settings

from config import metrics
from config.logging import logging_config
from operations.welcome import welcome_text

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

wsgi_app = "config.wsgi:application"
bind = f"{settings.BIND}:{settings.PORT}"
worker_class = "config.gunicorn_worker.ProblemWorker"
workers = settings.WORKERS
threads = settings.THREADS
# Faults show before the first process starts, and the processes share the code's memory. Nothing in it may open the
# database: connections do not survive a fork.
preload_app = True
# Above the 60 s that load balancers keep a silent connection, or clients see a 502 now and then. Seconds.
keepalive = 75
# A phone that is lost in the middle of a request says nothing more, and gunicorn would keep a thread for it for ever.
# Between two pieces of a request, and of an answer. Seconds.
SOCKET_TIMEOUT_SECONDS = 20
# A process that gives no sign of life for so long is replaced. Seconds.
timeout = 60
graceful_timeout = settings.GRACEFUL_SECONDS
# Memory that a library loses comes back; by chance not from all processes at once. Requests.
max_requests = 50_000 if workers > 1 else 0
max_requests_jitter = 10_000
# The sign of life is a file; on a disk that stalls, a healthy process would look dead.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
# On by default, and writes into the home folder.
control_socket_disable = True
# Nobody's headers are believed here: Django counts the proxies (TRUSTED_PROXIES).
forwarded_allow_ips = ""
limit_request_line = 4094
limit_request_fields = 64
limit_request_field_size = 8190
# config.middleware.RequestLogMiddleware writes the line of each request.
accesslog = None
logconfig_dict = logging_config(**settings.LOGGING)

if settings.METRICS_PORT:
    metrics.prepare_directory()


def when_ready(server: Any) -> None:
    """In the master, before the first fork: what lives until now is shared, and never looked at by the collector."""
    for listener in server.LISTENERS:
        set_socket_timeouts(listener.sock, SOCKET_TIMEOUT_SECONDS)
    if settings.METRICS_PORT:
        metrics.start_server()
    if not settings.PRODUCTION:
        print(welcome_text(), flush=True)
    gc.collect()
    gc.freeze()


def set_socket_timeouts(listener: socket.socket, seconds: int) -> None:
    """Have the kernel give up on connections that are silent for so long; a listener hands this down to each."""
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        listener.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", seconds, 0))


def post_worker_init(worker: Any) -> None:
    """In each process: a local server's outbox worker runs beside its requests."""
    if settings.OUTBOX_THREAD:
        _outbox_thread().start()


def worker_exit(server: Any, worker: Any) -> None:
    """In each process, at its end: the job in hand is finished, or left to the next worker."""
    if settings.OUTBOX_THREAD:
        _outbox_thread().stop()


def _outbox_thread() -> Any:
    # Models can be imported only when Django is set up, which preload_app does after this file is read.
    return import_module("libs.outbox.worker_thread")


def child_exit(server: Any, worker: Any) -> None:
    """In the master, after a process ended: its gauges no longer count."""
    if settings.METRICS_PORT:
        metrics.remove_process(worker.pid)
