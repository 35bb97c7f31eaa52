"""Build a data export: write the zip into a temporary file, store it privately, notify the member."""

from tempfile import TemporaryFile
from typing import IO, Any, cast

from django.conf import settings

from accounts.exports import export_files
from accounts.exports.progress import ExportCancelled, ExportProgress
from accounts.exports.zip_writer import images_to_export, write_export
from accounts.member_data_registry import export_functions
from accounts.models import Export


class LeaseRenewingFile:
    """A file that renews the job's lease while it is read, since the upload of gigabytes takes its time."""

    def __init__(self, file: IO[bytes], progress: ExportProgress) -> None:
        self._file, self._progress = file, progress

    def read(self, *sizes: int) -> bytes:
        """Read as a file does."""
        self._progress.save()
        return self._file.read(*sizes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def build_archive(export: Export) -> None:
    """Build an export from the start, whatever an earlier attempt did: its file is overwritten.

    Raises StorageUnavailable or LeaseLost to be retried; the last attempt that fails gives the export up.
    """
    try:
        size = _write_and_store(export)
        if export.finish(size):
            return
    except ExportCancelled:
        pass
    except Exception:
        if export.tries >= export.max_tries:
            export.fail()
        raise
    delete_orphaned_file(export.pk, export.key)


def delete_orphaned_file(export_id: int, key: str) -> None:
    """Delete the file of an export that was erased or has failed: the job that deletes files may have run before."""
    if not Export.objects.filter(pk=export_id, failed_at=None).exists():
        export_files.delete_file(key)


def _write_and_store(export: Export) -> int:
    progress = ExportProgress(export, len(export_functions()) + images_to_export(export.member).count())
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as file:
        progress.save()
        write_export(export, cast(IO[bytes], file), progress)
        size = file.tell()
        file.seek(0)
        export_files.save_file(export.key, cast(IO[bytes], LeaseRenewingFile(file, progress)))
    return size
