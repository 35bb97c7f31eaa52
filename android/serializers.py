"""The shapes of the app's requests. It never sends more than this; what it might is overlooked."""

from typing import Any

from rest_framework import serializers

from accounts.serializers import AddressField
from android.fields import NumberField, PasswordField
from libs.api.fields import VISIBLE, TextField
from libs.api.serializers import UniqueFieldsSerializer

EMAIL_MAX, NAME_MAX_GRAPHEMES = 200, 20
# Far above any honest post. Code points.
CONTENT_MAX = 20_000
FILES_MAX = 7
PAGE_SIZE_MAX = 50


class EmailSerializer(serializers.Serializer[Any]):
    """An address."""

    email = AddressField(max_length=EMAIL_MAX)


class CodeSerializer(EmailSerializer):
    """An address, and what was typed from the letter to it."""

    verification_code = serializers.CharField(max_length=64)


class JoinSerializer(EmailSerializer):
    """A new member."""

    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    nickname = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    password = PasswordField()


class LoginSerializer(EmailSerializer):
    """E-mail and password; no rule but that they are there."""

    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class RenewalSerializer(serializers.Serializer[Any]):
    """The refresh token last received, and whose it is."""

    member_id = NumberField()
    refresh_token = serializers.CharField(max_length=2_000)


class ActorSerializer(UniqueFieldsSerializer):
    """Whoever the app says it is; the token says who it is."""

    member_id = NumberField()


class TargetSerializer(ActorSerializer):
    """What one member does to another."""

    target_id = NumberField()


class AvatarSerializer(ActorSerializer):
    """A picture of oneself; what is in the file is judged by media.processing.pipeline alone."""

    file = serializers.FileField(allow_empty_file=True)


class PageSerializer(serializers.Serializer[Any]):
    """One page of posts, counted from 0."""

    page = NumberField(least=0)
    size = NumberField(most=PAGE_SIZE_MAX)


class FeedSerializer(PageSerializer, ActorSerializer):
    """A page of the feed, and who reads it."""


class NewPostSerializer(ActorSerializer):
    """A post, its text exactly as written."""

    content = serializers.CharField(trim_whitespace=False, max_length=CONTENT_MAX)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), default=list, max_length=FILES_MAX
    )

    def validate_content(self, content: str) -> str:
        """Something to see."""
        if not VISIBLE.search(content):
            raise serializers.ValidationError("This field may not be blank.")
        return content
