"""Where local servers send push messages."""

import json
import sys
from typing import Any


def send(message: dict[str, Any]) -> None:
    """Print the message."""
    text = "\n".join(f"│ {line}" for line in json.dumps(message, ensure_ascii=False, indent=2).splitlines())
    # One write, so that the messages of two threads do not mix.
    sys.stderr.write(f"\n┌── Push message\n{text}\n└──\n\n")
    sys.stderr.flush()
