"""A thread pool whose calls run as their caller would run them."""

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
