"""The shapes of this room's requests and answers."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.serializers import BriefSerializer
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from media.errors import TooManyImages
from media.models import ALT_MAX_GRAPHEMES
from media.serializers import ImageSerializer


class PostSerializer(serializers.Serializer[Any]):
    """A post with its writer and pictures."""

    id = IdField()
    author = BriefSerializer()
    text = serializers.CharField()
    images = ImageSerializer(many=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True, help_text="Null until its words are changed.")


class PostEditSerializer(serializers.Serializer[Any]):
    """What a post said before a change."""

    text = serializers.CharField(help_text="The words until then.")
    edited_at = serializers.DateTimeField()


class PostBaseSerializer(StrictSerializer):
    """What both ways of publishing share."""

    text = TextField(max_graphemes=0, multiline=True, allow_blank=True, default="")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The limit is a setting, read when it is needed."""
        text = TextField(max_graphemes=settings.POST_MAX_GRAPHEMES, multiline=True, allow_blank=True, default="")
        return super().get_fields() | {"text": text}


class PostUpdateSerializer(PostBaseSerializer):
    """Other words; pictures stay as they were published."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """There is nothing else to change, so the words have to be there."""
        text = TextField(max_graphemes=settings.POST_MAX_GRAPHEMES, multiline=True, allow_blank=True)
        return super().get_fields() | {"text": text}


class ImageIdsField(serializers.ListField):
    """Ids of pictures in their order, counted before any is looked at."""

    child = IdField()

    def to_internal_value(self, data: Any) -> list[int]:
        """The numbers; raises TooManyImages, or ValidationError for each that is no id."""
        if isinstance(data, list):
            at_most(data)
        ids: list[int] = super().to_internal_value(data)
        return ids


class PostCreateSerializer(PostBaseSerializer):
    """A post with pictures that were uploaded before."""

    image_ids = ImageIdsField(default=list, help_text="In their order; at most 10.")

    def validate_image_ids(self, image_ids: list[int]) -> list[int]:
        """None twice."""
        if len(set(image_ids)) < len(image_ids):
            raise serializers.ValidationError(_("A picture is named twice."))
        return image_ids


class PostUploadSerializer(PostBaseSerializer):
    """A post with its pictures in one request."""

    images = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), default=list, help_text="In their order; at most 10."
    )
    alts = serializers.ListField(
        child=TextField(max_graphemes=ALT_MAX_GRAPHEMES, multiline=True, allow_blank=True),
        default=list,
        help_text="What each picture shows, one text a picture; or none at all.",
    )

    def validate_images(self, images: list[Any]) -> list[Any]:
        """Not too many."""
        at_most(images)
        return images

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Words for every picture or for none, or nobody could tell which are whose."""
        if attrs["alts"] and len(attrs["alts"]) != len(attrs["images"]):
            raise serializers.ValidationError({"alts": [_("Give one text for each picture, or none at all.")]})
        return attrs


def at_most(images: list[Any]) -> None:
    """Raise TooManyImages for more pictures than a post may have."""
    if len(images) > settings.POST_MAX_IMAGES:
        raise TooManyImages
