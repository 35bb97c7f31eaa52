"""The WSGI application."""

import os
from typing import IO, Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class CompleteBodyStream:
    """A request body that raises OSError when it ends before its Content-Length.

    When a client disconnects in the middle, gunicorn passes on what has arrived as if it were the whole body (an
    incomplete message in RFC 9112, 8). A form cut between two images would be accepted with fewer images.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.readline = stream.readline
        # gunicorn's body has this flag too: reading the rest is useless after a failure.
        self.failed = False

    def read(self, size: int) -> bytes:
        """Read exactly `size` bytes, which Django limits to the Content-Length.

        Raises OSError if there are fewer; Django turns it into UnreadablePostError.
        """
        self.failed = True
        chunk = self._stream.read(size)
        if len(chunk) < size:
            raise OSError("The body ends before its Content-Length.")
        self.failed = False
        return chunk


class UTF8Request(WSGIRequest):
    """A request with a complete body, whose query and body are decoded as UTF-8 whatever Content-Type says.

    Django decodes the query with the charset of Content-Type, before any middleware runs. Charsets such as "rot13", or
    any charset together with too many query parameters, would be a crash.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        super().__init__(environ | {"wsgi.input": CompleteBodyStream(environ["wsgi.input"])})

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):
            # REST framework parses the header again and would fail on it too.
            self.content_type, self.content_params, meta["CONTENT_TYPE"] = "", {}, ""


application = get_wsgi_application()
application.request_class = UTF8Request
# Import all views before gunicorn forks, so that the first request does not wait for it.
get_resolver().url_patterns  # noqa: B018 - reading the property imports them
