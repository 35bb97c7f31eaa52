"""Files on the server's own disk, when the process that writes them is killed."""

import os
import signal
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path

from django.core.files.base import ContentFile

from media.storage.local import LocalStorage

NAME = "images/2026/11/[a].full.jpg"


class Interrupted(ContentFile):  # type: ignore[type-arg]
    """Content whose writer is killed in the middle."""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"one half"
        os.kill(os.getpid(), signal.SIGKILL)


def files_in(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def test_what_a_killed_writer_left_is_deleted_with_the_file(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    writer = get_context("fork").Process(target=storage.save, args=(NAME, Interrupted(b"")))
    writer.start()
    writer.join()
    assert (len(files_in(tmp_path)), storage.exists(NAME)) == (1, False)
    storage.delete(NAME)
    assert files_in(tmp_path) == []
