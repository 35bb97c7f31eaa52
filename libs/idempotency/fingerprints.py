"""Fingerprints of requests, which tell whether two requests ask for the same."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.core.files.base import File
from django.http import QueryDict
from rest_framework.exceptions import ParseError


def fingerprint(data: Any, path: Mapping[str, Any]) -> str:
    """Return 64 characters that are equal for equal fields and files; boundaries, spaces and key order do not count.

    `data` is the parsed body, `path` the arguments of the route. Raises ParseError when the data is nested too deeply.
    """
    fields = dict(data.lists()) if isinstance(data, QueryDict) else data
    try:
        text = json.dumps([fields, path], sort_keys=True, default=_plain)
    except RecursionError:
        raise ParseError from None
    return sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return a JSON value: for a file a digest of its content, without its name."""
    if not isinstance(value, File):
        return str(value)
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    value.seek(0)
    return {"sha256": digest.hexdigest()}
