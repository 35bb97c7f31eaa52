"""Workers as threads of the server, so that a local server needs no second process."""

from libs.outbox.worker_pool import WorkerPool

_running: WorkerPool | None = None


def start() -> None:
    """Start the workers of this process, after any fork; does nothing while they run."""
    global _running
    if _running and _running.is_running():
        return
    _running = WorkerPool()
    _running.start()


def stop(seconds: float = 10.0) -> None:
    """Stop the workers and wait this long for their jobs; a job that takes longer is run again after its lease."""
    global _running
    if _running:
        _running.stop()
        _running.join(seconds)
        _running = None
