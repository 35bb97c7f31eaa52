"""Descriptions of exceptions that are safe to log and store: no addresses, no secrets."""

import re
import traceback

MAX_LENGTH = 300
# What is left of a message before it is searched: the patterns need quadratic time on hostile texts. Characters.
MAX_SEARCHED = 1_000

_EMAIL = re.compile(r"\S+@\S+")
_QUERY = re.compile(r"\?\S+")
# Codes, tokens and keys: eight or more characters that mix letters with digits or change case inside.
_SECRET = re.compile(r"\b(?=[\w+/=-]*(?:\d[\w+/=-]*[A-Za-z]|[A-Za-z][\w+/=-]*\d|[a-z][\w+/=-]*[A-Z]))[\w+/=-]{8,}")
# PostgreSQL's text holds no NUL, and a log line no line break.
_SPACE = re.compile(r"[\x00-\x20\x7f]+")


def describe_exception(error: BaseException) -> str:
    """Return one line: the exception's type, its message without addresses and apparent secrets, and where it arose.

    Mail servers quote addresses, storage clients quote signed URLs, and databases quote rows. The masking is a guess,
    so it is the second safeguard; the first is that handlers put no secrets into exceptions.
    """
    kind, _, message = traceback.format_exception_only(error)[-1].partition(": ")
    # A word that the cut has halved could be half a secret that no pattern finds.
    message = message if len(message) <= MAX_SEARCHED else re.sub(r"\S*\Z", "", message[:MAX_SEARCHED])
    for pattern in (_EMAIL, _QUERY, _SECRET):
        message = pattern.sub("[…]", message)
    message = _SPACE.sub(" ", message).strip()[: MAX_LENGTH // 2]
    line = ": ".join(filter(None, [kind.strip(), message])) + _location(error)
    # A lone surrogate, from a file name for example, cannot be written to a database.
    return line.encode("utf-8", "backslashreplace").decode()[:MAX_LENGTH]


def _location(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    if not frames:
        return ""
    path = "/".join(frames[-1].filename.split("/")[-2:])
    return f" at {path}:{frames[-1].lineno}"
