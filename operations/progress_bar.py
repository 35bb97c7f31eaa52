"""How far a long command has come: a bar for those who watch, a line for those who read it later."""

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TextIO, TypeVar

Item = TypeVar("Item")

# A bar is drawn again after so long. Seconds.
PAUSE = 0.1
WIDTH = 30


class ProgressBar:
    """Tells on a stream, which is the error stream of a command: what it prints may be read by machines."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_watched = stream.isatty()

    def track(self, items: Iterable[Item], name: str, number: int) -> Iterator[Item]:
        """The items, which are so many; their name and how long they took are told when the last was asked for."""
        begun = shown = monotonic()
        for done, item in enumerate(items):
            if self.is_watched and (now := monotonic()) - shown > PAUSE:
                shown = now
                self._show(name, done, number)
            yield item
        self._clear()
        self.stream.write(f"{name:18} {number:>10,} in {monotonic() - begun:6.1f} s\n")
        self.stream.flush()

    def _show(self, name: str, done: int, number: int) -> None:
        full = WIDTH * done // max(number, 1)
        self.stream.write(f"\r{name:18} {done:>10,} of {number:,} [{'#' * full}{'.' * (WIDTH - full)}]")
        self.stream.flush()

    def _clear(self) -> None:
        if self.is_watched:
            # To the beginning of the line, and nothing after it.
            self.stream.write("\r\x1b[K")
