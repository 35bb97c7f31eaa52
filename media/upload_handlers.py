"""Where a large upload waits while its request is read."""

from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler


class AnonymousFileUploadHandler(TemporaryFileUploadHandler):
    """A file on disk whose name holds nothing of the client's; Django's takes over an ending of any length."""

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        """Begin a file that is gone with its request."""
        super().new_file(field_name, "upload", *args, **kwargs)
