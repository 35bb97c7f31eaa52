"""The view that serves image files from the server's own disk, for development."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from media.image_urls import CACHE_CONTROL, CONTENT_TYPES, SUFFIXES

# Only names that the server itself makes; none of them can leave the folder or list it.
NAME = re.compile(r"images/\d{4}/\d{2}/[0-9a-f]{32}\.(" + "|".join(map(re.escape, SUFFIXES.values())) + ")", re.ASCII)
CONTENT_TYPE_BY_SUFFIX = {SUFFIXES[variant]: CONTENT_TYPES[variant] for variant in SUFFIXES}


@require_safe
def serve_image(request: HttpRequest, name: str) -> FileResponse:
    """Serve one file; clients may cache it, since the content of a name never changes."""
    if not (match := NAME.fullmatch(name)):
        raise Http404
    path = Path(settings.MEDIA_ROOT, name)
    if not path.is_file():
        raise Http404
    headers = {
        "Cache-Control": CACHE_CONTROL,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path.open("rb"), content_type=CONTENT_TYPE_BY_SUFFIX[match[1]], headers=headers)
