"""Files on the server's own disk, for development."""

import os
import secrets
from glob import escape
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class LocalStorage(FileSystemStorage):
    """Saves a file completely or not at all, even in a crash, and never under another name."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:
        """The name itself: names are made by the server and unique, and a retry replaces an earlier attempt's file."""
        return name

    def _save(self, name: str, content: "File[Any]") -> str:
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.part")
        try:
            with temporary.open("wb") as file:
                file.writelines(content.chunks())
                file.flush()
                os.fsync(file.fileno())
            temporary.chmod(self.file_permissions_mode or 0o644)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        return name

    def delete(self, name: str) -> None:
        """Delete the file, and what killed processes have left of it."""
        super().delete(name)
        path = Path(self.path(name))
        for part in path.parent.glob(f".{escape(path.name)}.*.part"):
            part.unlink(missing_ok=True)
