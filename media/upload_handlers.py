"""Upload handlers, see FILE_UPLOAD_HANDLERS."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class AnonymousFileUploadHandler(TemporaryFileUploadHandler):
    """Writes a large upload to a temporary file whose name does not contain the client's file name.

    Django's handler takes over the file name's extension, whatever its length.
    """

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, "upload", *args, **kwargs)
