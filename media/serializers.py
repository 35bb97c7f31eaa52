"""Pictures on the wire of v1."""

from rest_framework import serializers

from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from media.models import ALT_MAX_GRAPHEMES


class AddressesSerializer(StrictSerializer):
    """Where the variants of a picture are: public, lasting, not to be guessed."""

    thumb = serializers.URLField(help_text="At most 320 pixels a side, WebP once it is made.")
    feed = serializers.URLField(help_text="At most 1080 pixels a side, WebP once it is made.")
    full = serializers.URLField(help_text="The largest that is kept, JPEG.")


class ImageSerializer(StrictSerializer):
    """A picture; `media.image_urls.picture` makes it from plain values."""

    id = IdField(read_only=True)
    width = serializers.IntegerField(help_text="Of the full variant, in pixels.")
    height = serializers.IntegerField(help_text="Of the full variant, in pixels.")
    blurhash = serializers.CharField(allow_null=True, help_text="See blurha.sh; null until it is made.")
    alt = serializers.CharField(help_text="What the picture shows, in words; may be empty.")
    urls = AddressesSerializer()


class NewImageSerializer(StrictSerializer):
    """The parts of an upload."""

    # What is in the file, an empty one too, is judged by media.processing.pipeline alone.
    image = serializers.FileField(allow_empty_file=True, help_text="One picture, as the camera wrote it.")
    alt = TextField(
        max_graphemes=ALT_MAX_GRAPHEMES,
        multiline=True,
        allow_blank=True,
        default="",
        help_text="What it shows, in words.",
    )


class AltSerializer(StrictSerializer):
    """New words for a picture."""

    alt = TextField(
        max_graphemes=ALT_MAX_GRAPHEMES, multiline=True, allow_blank=True, help_text="What it shows, in words."
    )
