"""A worker beside the server in one process, so that a laptop needs no second one."""

import threading

from django.db import connections

from libs.outbox.worker import Worker

_running: tuple[Worker, threading.Thread] | None = None


def start() -> None:
    """Start the worker of this process, after any fork; nothing happens when it runs already."""
    global _running
    if _running and _running[1].is_alive():
        return
    worker = Worker()
    thread = threading.Thread(target=_work, args=(worker,), name="outbox", daemon=True)
    _running = worker, thread
    thread.start()


def stop(seconds: float = 10.0) -> None:
    """Stop it and wait so long for the job in its hands; a job that takes longer is run again after its lease."""
    global _running
    if _running:
        worker, thread = _running
        worker.stop()
        thread.join(seconds)
        _running = None


def _work(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connections.close_all()
