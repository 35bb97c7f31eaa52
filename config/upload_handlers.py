"""Upload handler that limits the forms of HTML pages."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from config.errors import HTML_PATHS


class PageFormLimitHandler(FileUploadHandler):
    """Refuse a form sent to an HTML page before reading it, if it is larger than DATA_UPLOAD_MAX_MEMORY_SIZE.

    Pages read their forms before authentication and rate limits, and the proxy accepts bodies with ten images. The API
    authenticates before it reads. This handler must come before Django's.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Raise RequestDataTooBig, or leave the body to the next handlers."""
        is_page = self.request is not None and self.request.path_info.startswith(HTML_PATHS)
        if is_page and content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The form of a page is too large.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the data on to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handlers."""
