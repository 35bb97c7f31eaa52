"""Switches of this app: all uploads, and each decoder, for the day on which one has a security hole."""

from django.conf import settings

from libs.switches.registry import declare_switch
from media.errors import NotAnImage, UploadsClosed
from media.formats import PARSERS

UPLOADS = declare_switch("uploads", "new images, with posts, as avatars and by themselves", error=UploadsClosed)
DECODERS = {
    name: declare_switch(f"decoder-{name.lower()}", f"images in the format {name}", error=NotAnImage)
    for name in PARSERS
}


def accepted_formats() -> list[str]:
    """Return the formats in IMAGE_FORMATS whose decoder is on."""
    return [name for name in settings.IMAGE_FORMATS if DECODERS[name].is_on]
