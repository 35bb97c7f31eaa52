"""What a request asks for, in 64 characters."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.core.files.base import File
from django.http import QueryDict
from rest_framework.exceptions import ParseError


def fingerprint(data: Any, path: Mapping[str, Any]) -> str:
    """The same for the same fields and files, however they were sent: boundary, spacing and order of names are free.

    `data` is the parsed body, `path` what the address names. Raises ParseError for nesting too deep to be read.
    """
    fields = dict(data.lists()) if isinstance(data, QueryDict) else data
    try:
        text = json.dumps([fields, path], sort_keys=True, default=_digest)
    except RecursionError:
        raise ParseError from None
    return sha256(text.encode()).hexdigest()


def _digest(value: Any) -> Any:
    """A file by its content alone: its name is never used."""
    if not isinstance(value, File):
        return str(value)
    content = sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return {"sha256": content.hexdigest()}
