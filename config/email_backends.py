"""Mail on a developer's machine: kept as files and shown on the console."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.utils import timezone


class ConsoleFileEmailBackend(FileBackend):
    """Keeps each mail as one file in settings.EMAIL_FILE_PATH and shows its text, so that a code can be typed in."""

    def open(self) -> bool:
        """Nothing to open: Django's backend would leave an empty file of its own beside the mails."""
        return False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep and show every mail; how many there were."""
        for message in email_messages:
            kept = Path(self.file_path) / _name(message)
            kept.write_bytes(message.message().as_bytes())
            _show(message, kept)
        return len(email_messages)


def _name(message: EmailMessage) -> str:
    to = re.sub(r"[^\w@.+-]", "_", ",".join(message.recipients()))[:100]
    return f"{timezone.now():%Y%m%d-%H%M%S-%f}-{to}.eml"


def _show(message: EmailMessage, kept: Path) -> None:
    text = "\n".join(f"│ {line}" for line in str(message.body).splitlines())
    head = f"┌── mail to {', '.join(message.recipients())}: {message.subject}"
    # One write, so that two threads do not mix their mails.
    sys.stderr.write(f"\n{head}\n│\n{text}\n│\n└── kept in {kept}\n\n")
    sys.stderr.flush()
