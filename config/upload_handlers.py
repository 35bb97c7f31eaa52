"""Where files may be sent to."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from config.errors import PAGES


class PageFormLimitHandler(FileUploadHandler):
    """Before Django's own handlers: a form of a page is refused unread when it is larger than a body without files.

    Pages are read before anybody is known or counted, and the proxy lets ten pictures through; the API asks who
    sends them before it reads.
    """

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Leave the reading to those after, or raise RequestDataTooBig."""
        of_page = self.request is not None and self.request.path_info.startswith(PAGES)
        if of_page and content_length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("A page's form takes no files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """For those after."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """For those after."""
