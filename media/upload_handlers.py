"""Upload handlers, see FILE_UPLOAD_HANDLERS."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler

from media.errors import ImageTooLarge


class ImageLimitHandler(FileUploadHandler):
    """Refuses files while they arrive, so that no disk and no thread is occupied by what is refused in the end.

    It must come before the handlers that store files. Raises RequestDataTooBig or ImageTooLarge.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Refuse a body that is larger than all images that a post may have, and the other fields."""
        allowed = settings.POST_MAX_IMAGES * settings.IMAGE_MAX_BYTES + 2 * settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if content_length > allowed:
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on to the next handler."""
        if start + len(raw_data) > settings.IMAGE_MAX_BYTES:
            raise ImageTooLarge
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handlers."""


class AnonymousFileUploadHandler(TemporaryFileUploadHandler):
    """Writes a large upload to a temporary file whose name does not contain the client's file name.

    Django's handler takes over the file name's extension, whatever its length.
    """

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, "upload", *args, **kwargs)
