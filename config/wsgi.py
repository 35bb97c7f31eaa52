"""The way in for gunicorn."""

import os
from typing import IO, Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class CompleteBodyStream:
    """What Django asks of a server's body, of which it never asks for more than the Content-Length.

    gunicorn hands on what came of a client that was lost in the middle, as if it were all (RFC 9112, 8, calls it
    incomplete). A form that is cut between two pictures would be a good one, with fewer pictures.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.readline = stream.readline
        # As gunicorn's own: that waiting for the rest would be in vain.
        self.failed = False

    def read(self, size: int) -> bytes:
        """So many bytes; raises OSError, which Django makes an UnreadablePostError, where there are fewer."""
        self.failed = True
        piece = self._stream.read(size)
        if len(piece) < size:
            raise OSError("The body ends before its Content-Length.")
        self.failed = False
        return piece


class UTF8Request(WSGIRequest):
    """A request whose query and body are UTF-8, whatever a client calls them, and whose body is whole.

    Django reads the query by the charset of Content-Type, before any middleware could answer for what comes of it:
    "rot13" and a hundred others are a crash there, and so is a charset with too many parameters in the query.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ | {"wsgi.input": CompleteBodyStream(environ["wsgi.input"])})

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):
            # REST framework reads it once more, and stumbles over the same parameter.
            self.content_type, self.content_params, meta["CONTENT_TYPE"] = "", {}, ""


application = get_wsgi_application()
application.request_class = UTF8Request
# Every room's views are read now: before gunicorn forks, and not while the first request waits.
get_resolver().url_patterns  # noqa: B018 - reading it is what does it
