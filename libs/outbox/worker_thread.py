"""A worker as a thread of the server, so that a local server needs no second process."""

import threading

from django.db import connections

from libs.outbox.worker import Worker

_running: tuple[Worker, threading.Thread] | None = None


def start() -> None:
    """Start the worker of this process, after any fork; does nothing while it runs."""
    global _running
    if _running and _running[1].is_alive():
        return
    worker = Worker()
    thread = threading.Thread(target=_run, args=(worker,), name="outbox", daemon=True)
    _running = worker, thread
    thread.start()


def stop(seconds: float = 10.0) -> None:
    """Stop the worker and wait this long for its job; a job that takes longer is run again after its lease."""
    global _running
    if _running:
        worker, thread = _running
        worker.stop()
        thread.join(seconds)
        _running = None


def _run(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connections.close_all()
