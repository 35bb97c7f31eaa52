"""Run workers of the outbox."""

import signal
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from prometheus_client import start_http_server

from libs.outbox.errors import UnknownJobKind
from libs.outbox.registry import kinds_in, lanes
from libs.outbox.worker import Worker
from libs.outbox.worker_pool import WorkerPool

NOTHING_DUE = 2


class Command(BaseCommand):
    """SIGTERM and SIGINT stop it after the present jobs; a second signal stops it at once."""

    help = (
        "Run the jobs of the outbox until stopped, in several threads. With --once: those due now, one after another; "
        "exits with 0 if jobs ran, 2 if none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="run the jobs that are due, then exit")
        parser.add_argument("--kinds", default="", help="only these kinds of jobs, separated by commas")
        parser.add_argument("--lanes", nargs="+", choices=lanes(), default=[], help="only jobs of these lanes")
        parser.add_argument("--metrics-port", type=int, help="serve this process's metrics on this port")

    def handle(self, *args: Any, **options: Any) -> None:
        kinds = list(filter(None, options["kinds"].split(","))) or kinds_in(options["lanes"])
        try:
            runner = Worker(kinds) if options["once"] else WorkerPool(kinds)
        except UnknownJobKind as error:
            raise CommandError(str(error)) from error
        _stop_on_signals(runner)
        if options["metrics_port"]:
            start_http_server(options["metrics_port"])
        if isinstance(runner, WorkerPool):
            runner.run()
        elif not runner.drain():
            raise SystemExit(NOTHING_DUE)


def _stop_on_signals(runner: Worker | WorkerPool) -> None:
    def stop(number: int, frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_DFL)
        runner.stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
