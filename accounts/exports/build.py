"""Making one export: packed into a temporary file, stored privately, its member told."""

from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.conf import settings

from accounts.exports import private_storage
from accounts.exports.progress import Progress, Unwanted
from accounts.exports.zip_writer import pack, pictures_of
from accounts.member_data_registry import export_functions
from accounts.models import Export


class Watched:
    """A file whose reader keeps the lease, since gigabytes take their time to travel."""

    def __init__(self, file: IO[bytes], progress: Progress) -> None:
        self._file, self._progress = file, progress

    def read(self, *sizes: int) -> bytes:
        """As a file does."""
        self._progress.beat()
        return self._file.read(*sizes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def build(export: Export) -> None:
    """Make it from the start, whatever an earlier try did: the file takes the same name.

    Raises StorageUnavailable or LeaseLost to be tried again; the last try that fails gives the export up.
    """
    try:
        size = _packed_and_stored(export)
        if export.finish(size):
            return
    except Unwanted:
        pass
    except Exception:
        if export.tries >= export.most_tries:
            export.fail()
        raise
    clear_up(export.pk, export.key)


def clear_up(export_id: int, key: str) -> None:
    """Remove a file that no export has: whoever would have removed it was here before it."""
    if not Export.objects.filter(pk=export_id, failed_at=None).exists():
        private_storage.remove(key)


def _packed_and_stored(export: Export) -> int:
    progress = Progress(export, len(export_functions()) + pictures_of(export.member).count())
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        progress.beat()
        pack(export, cast(IO[bytes], file), progress)
        size = file.tell()
        file.seek(0)
        private_storage.store(export.key, cast(IO[bytes], Watched(file, progress)))
    return size
