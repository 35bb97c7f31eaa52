"""The way in for gunicorn."""

import os
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class UTF8Request(WSGIRequest):
    """A request whose query and body are UTF-8, whatever a client calls them.

    Django reads the query by the charset of Content-Type, before any middleware could answer for what comes of it:
    "rot13" and a hundred others are a crash there, and so is a charset with too many parameters in the query.
    """

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
