"""Pictures and private files on the server's own disk: for development, where nothing else is needed."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class LocalStorage(FileSystemStorage):
    """Files that are there wholly or not at all, also after a crash, and are never given another name."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: names are server-made and unique, and a second try replaces what the first left."""
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            with part.open("wb") as file:
                file.writelines(content.chunks())
                file.flush()
                os.fsync(file.fileno())
            part.chmod(self.file_permissions_mode or 0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        return name
