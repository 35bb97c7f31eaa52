"""Requests and responses of posts."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.profiles.serializers import MemberSummarySerializer
from libs.api.fields import IdField, TextField, has_more_graphemes
from libs.api.serializers import StrictSerializer
from media.errors import TooManyImages
from media.models import ALT_MAX_GRAPHEMES
from media.serializers import ImageSerializer
from posts.models.mention import MAX_MENTIONS

# The longest text that a client without a limit of its own can publish, far above that of a real post. Code points.
LONG_TEXT_MAX = 20_000


class PostCountsSerializer(serializers.Serializer[Any]):
    """Counts of a post, which may include what the viewer does not see, such as hearts of members who block them."""

    hearts = serializers.IntegerField()
    comments = serializers.IntegerField()


class PostViewerSerializer(serializers.Serializer[Any]):
    """The viewer's relation to a post."""

    is_author = serializers.BooleanField(help_text="Whether you wrote it.")
    hearted = serializers.BooleanField(help_text="Whether you gave it a heart.")
    saved = serializers.BooleanField(help_text="Whether you saved it.")
    muted_author = serializers.BooleanField(help_text="Whether you mute its author, whose posts are not in your feeds.")


class MentionSerializer(serializers.Serializer[Any]):
    """A member who is mentioned."""

    id = IdField()
    nickname = serializers.CharField(help_text="The present one.")


class PostSerializer(serializers.Serializer[Any]):
    """A post with its author and images."""

    # Documents posts.representations.post_representations.

    id = IdField()
    author = MemberSummarySerializer()
    text = serializers.CharField()
    mentions = MentionSerializer(many=True, help_text="Those of them whom you may see.")
    images = ImageSerializer(many=True)
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True, help_text="Null until the text is changed.")
    comments_closed = serializers.BooleanField(help_text="Whether the author wants no more comments.")
    counts = PostCountsSerializer()
    viewer = PostViewerSerializer()


class PostEditSerializer(serializers.Serializer[Any]):
    """A former text of a post."""

    text = serializers.CharField(help_text="The text until then.")
    edited_at = serializers.DateTimeField()


class PostShareSerializer(serializers.Serializer[Any]):
    """The public link of a post."""

    url = serializers.URLField(help_text="The page that anybody can open who has this link.")


class MentionIdsField(serializers.ListField):
    """Ids of members, counted before they are parsed, each once."""

    child = IdField()
    default_error_messages = {"max_length": _("Mention at most {max_length} members.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(help_text="Ids of members whom the text names; at most 5.", **kwargs)

    def to_internal_value(self, data: Any) -> list[int]:
        if isinstance(data, list) and len(data) > MAX_MENTIONS:
            self.fail("max_length", max_length=MAX_MENTIONS)
        ids: list[int] = super().to_internal_value(data)
        if len(set(ids)) < len(ids):
            raise serializers.ValidationError(_("The same member is listed twice."))
        return ids


class PostTextSerializer(StrictSerializer):
    """The text of a post, which may be missing."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the text, whose limit is a setting and so not known at import."""
        text = TextField(max_graphemes=settings.POST_MAX_GRAPHEMES, multiline=True, allow_blank=True, default="")
        return {"text": text} | super().get_fields()


class LongTextField(TextField):
    """The text of a post that may be longer than POST_MAX_GRAPHEMES."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_graphemes=LONG_TEXT_MAX, max_code_points=LONG_TEXT_MAX, multiline=True, **kwargs)


class PostUpdateSerializer(PostTextSerializer):
    """A new text; the images stay, and so do the mentions if they are missing."""

    mentions = MentionIdsField(required=False)

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Require the text, since nothing else can be changed; one that is long already may stay long."""
        text = TextField(max_graphemes=settings.POST_MAX_GRAPHEMES, multiline=True, allow_blank=True)
        if self.instance and has_more_graphemes(self.instance.text, settings.POST_MAX_GRAPHEMES):
            text = LongTextField(allow_blank=True)
        return super().get_fields() | {"text": text}


class ImagesField(serializers.ListField):
    """Ids or files of images, counted before each is validated."""

    def __init__(self, **kwargs: Any) -> None:
        # Each serializer makes its fields anew, so that the setting is read then, and not at import.
        super().__init__(default=list, help_text=f"In their order; at most {settings.POST_MAX_IMAGES}.", **kwargs)

    def to_internal_value(self, data: Any) -> list[Any]:
        """Raise TooManyImages for more than a post may have."""
        if isinstance(data, list) and len(data) > settings.POST_MAX_IMAGES:
            raise TooManyImages
        images: list[Any] = super().to_internal_value(data)
        return images


class PostCreateSerializer(PostTextSerializer):
    """A post with images that were uploaded before."""

    image_ids = ImagesField(child=IdField())
    mentions = MentionIdsField(default=list)

    def validate_image_ids(self, image_ids: list[int]) -> list[int]:
        if len(set(image_ids)) < len(image_ids):
            raise serializers.ValidationError(_("The same photo is listed twice."))
        return image_ids


class PostUploadSerializer(PostTextSerializer):
    """A post with its image files in one request."""

    images = ImagesField(child=serializers.FileField(allow_empty_file=True))
    alts = serializers.ListField(
        child=TextField(max_graphemes=ALT_MAX_GRAPHEMES, multiline=True, allow_blank=True),
        default=list,
        help_text="What each image shows: one text for each image, or none at all.",
    )
    mentions = MentionIdsField(default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require an alt text for every image or for none: otherwise nobody knows which belongs to which."""
        if not any(attrs["alts"]):
            # A browser sends an empty text for a field that nobody filled in.
            attrs["alts"] = []
        if attrs["alts"] and len(attrs["alts"]) != len(attrs["images"]):
            raise serializers.ValidationError({"alts": [_("Send one description for each photo, or none at all.")]})
        return attrs
