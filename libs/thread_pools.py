"""Thread pools whose calls run as their caller would run them, and the priority of threads."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.utils.translation import get_language, override


class CallerThreadPoolExecutor(ThreadPoolExecutor):
    """Runs each call in the language and with the log fields of the thread that submits it.

    Django's active language belongs to one thread: an error raised in another one would be in the default language,
    since REST framework translates its sentence when it is raised.
    """

    def submit(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """Schedule the call; `map` comes through here too."""
        return super().submit(copy_context().run, _call_in_language, get_language(), function, *args, **kwargs)


def _call_in_language(language: str | None, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    with override(language):
        return function(*args, **kwargs)


def lower_priority(niceness: int) -> None:
    """Let the operating system prefer other threads to this one, as `nice` does (Linux; no effect elsewhere).

    The initializer of a pool's threads. There is no way back without privileges.
    """
    if sys.platform == "linux":
        # Linux gives each thread a nice value of its own, under its thread id; see sched(7).
        thread = threading.get_native_id()
        # A server that was started by `nice` may have less than this already, and must not ask for more.
        os.setpriority(os.PRIO_PROCESS, thread, max(niceness, os.getpriority(os.PRIO_PROCESS, thread)))
