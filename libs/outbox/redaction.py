"""What of an exception may be kept: enough to find the fault, nothing that is a person's or opens a door."""

import re
import traceback

LONGEST = 300

_ADDRESS = re.compile(r"\S+@\S+")
_QUERY = re.compile(r"\?\S+")
# Codes, tokens and keys: eight or more characters that mix letters with digits or change case inside.
_SECRET = re.compile(r"\b(?=[\w+/=-]*(?:\d[\w+/=-]*[A-Za-z]|[A-Za-z][\w+/=-]*\d|[a-z][\w+/=-]*[A-Z]))[\w+/=-]{8,}")
# A database text holds no NUL, and a log line no line break.
_SPACE = re.compile(r"[\x00-\x20\x7f]+")


def describe_exception(error: BaseException) -> str:
    """One line: the exception's type, its message without addresses and whatever looks like a secret, and the place.

    Mail servers quote addresses, storages quote signed queries, and databases quote the row. Masking guesses, so it
    is the second net; the first is that handlers write no secrets into what they raise.
    """
    kind, _, message = traceback.format_exception_only(error)[-1].partition(": ")
    for pattern in (_ADDRESS, _QUERY, _SECRET):
        message = pattern.sub("[…]", message)
    message = _SPACE.sub(" ", message).strip()[: LONGEST // 2]
    line = ": ".join(filter(None, [kind.strip(), message])) + _place(error)
    # A lone surrogate (from a file name, say) cannot be written to a database.
    return line.encode("utf-8", "backslashreplace").decode()[:LONGEST]


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    path = "/".join(frames[-1].filename.split("/")[-2:])
    return f" at {path}:{frames[-1].lineno}"
