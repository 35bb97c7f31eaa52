"""Requests and responses of /images; other apps show images by ImageSerializer too."""

from rest_framework import serializers

from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from media.models import ALT_MAX_GRAPHEMES


class ImageUrlsSerializer(StrictSerializer):
    """Public, permanent and unguessable URLs of an image's variants."""

    thumb = serializers.URLField(help_text="At most 320 pixels a side; WebP once it is made.")
    feed = serializers.URLField(help_text="At most 1080 pixels a side; WebP once it is made.")
    full = serializers.URLField(help_text="The largest variant, JPEG.")


class ImageSerializer(StrictSerializer):
    """An image."""

    # Documents media.representations.image_representation.
    id = IdField(read_only=True)
    width = serializers.IntegerField(help_text="Of the full variant, in pixels.")
    height = serializers.IntegerField(help_text="Of the full variant, in pixels.")
    blurhash = serializers.CharField(allow_null=True, help_text="See blurha.sh; null until it is made.")
    alt = serializers.CharField(help_text="What the image shows, for those who do not see it; may be empty.")
    urls = ImageUrlsSerializer()


class ImageUploadSerializer(StrictSerializer):
    """The parts of an upload."""

    # media.processing.pipeline checks what is in the file, an empty one included.
    image = serializers.FileField(allow_empty_file=True, help_text="The file as the camera wrote it.")
    alt = TextField(
        max_graphemes=ALT_MAX_GRAPHEMES,
        multiline=True,
        allow_blank=True,
        default="",
        help_text="What the image shows, for those who do not see it.",
    )


class ImageUpdateSerializer(StrictSerializer):
    """A new alt text."""

    alt = TextField(
        max_graphemes=ALT_MAX_GRAPHEMES,
        multiline=True,
        allow_blank=True,
        help_text="What the image shows, for those who do not see it.",
    )
