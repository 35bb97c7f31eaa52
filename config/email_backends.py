"""E-mail backend for local servers."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend as FileBackend
from django.utils import timezone


class ConsoleFileEmailBackend(FileBackend):
    """Write each e-mail to a file in settings.EMAIL_FILE_PATH and print its text, so that a code can be typed in."""

    def open(self) -> bool:
        """Open nothing: Django's backend would create an empty file beside the e-mails."""
        return False

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write and print every e-mail; return how many there were."""
        for message in email_messages:
            file = Path(self.file_path) / _file_name(message)
            file.write_bytes(message.message().as_bytes())
            _print(message, file)
        return len(email_messages)


def _file_name(message: EmailMessage) -> str:
    to = re.sub(r"[^\w@.+-]", "_", ",".join(message.recipients()))[:100]
    return f"{timezone.now():%Y%m%d-%H%M%S-%f}-{to}.eml"


def _print(message: EmailMessage, file: Path) -> None:
    text = "\n".join(f"│ {line}" for line in str(message.body).splitlines())
    head = f"┌── E-mail to {', '.join(message.recipients())}: {message.subject}"
    # One write, so that the e-mails of two threads do not mix.
    sys.stderr.write(f"\n{head}\n│\n{text}\n│\n└── saved in {file}\n\n")
    sys.stderr.flush()
