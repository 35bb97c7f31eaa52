"""Pictures from the server's own disk, where no bucket and no CDN stands in front; for development."""

import re
from pathlib import Path

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from media.image_urls import SUFFIXES, TYPES

# Exactly the names that we give; nothing in them can climb out of the folder or list it.
NAME = re.compile(r"[a-z]+/\d{4}/\d{2}/[0-9a-f]{32}\.(" + "|".join(map(re.escape, SUFFIXES.values())) + ")", re.ASCII)
TYPE_OF = {SUFFIXES[variant]: TYPES[variant] for variant in SUFFIXES}


@require_safe
def serve_image(request: HttpRequest, name: str) -> FileResponse:
    """One file, kept by clients for a year: what is under a name never changes."""
    if not (found := NAME.fullmatch(name)):
        raise Http404
    path = Path(settings.MEDIA_ROOT, name)
    if not path.is_file():
        raise Http404
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return FileResponse(path.open("rb"), content_type=TYPE_OF[found[1]], headers=headers)
