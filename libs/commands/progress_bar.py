"""Progress of a long command: a bar on a terminal, one line per step elsewhere."""

from collections.abc import Iterable, Iterator
from time import monotonic
from typing import TextIO, TypeVar

Item = TypeVar("Item")

# Time between two updates of the bar. Seconds.
REFRESH_SECONDS = 0.1
WIDTH = 30


class ProgressBar:
    """Write progress to a stream, usually standard error, because standard output may be read by programs."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_terminal = stream.isatty()

    def track(self, items: Iterable[Item], name: str, total: int) -> Iterator[Item]:
        """Yield the items; after the last one, write the step's name, the total and the time it took."""
        started = updated = monotonic()
        for done, item in enumerate(items):
            if self.is_terminal and (now := monotonic()) - updated > REFRESH_SECONDS:
                updated = now
                self._draw(name, done, total)
            yield item
        self._clear()
        self.stream.write(f"{name:18} {total:>10,} in {monotonic() - started:6.1f} s\n")
        self.stream.flush()

    def _draw(self, name: str, done: int, total: int) -> None:
        filled = WIDTH * done // max(total, 1)
        self.stream.write(f"\r{name:18} {done:>10,} of {total:,} [{'#' * filled}{'.' * (WIDTH - filled)}]")
        self.stream.flush()

    def _clear(self) -> None:
        if self.is_terminal:
            # Return to the start of the line and erase it.
            self.stream.write("\r\x1b[K")
