"""Request serializers of the app; fields they do not know are ignored."""

from typing import Any

from django.core.files.base import File
from rest_framework import serializers

from accounts.fields import EmailAddressField
from accounts.profiles.nicknames import NicknameField
from android.fields import AppPasswordField, NumberField
from libs.api.fields import TextField
from libs.api.serializers import UniqueFieldsSerializer
from posts.serializers import LongTextField

EMAIL_MAX, NAME_MAX_GRAPHEMES = 200, 20
FILES_MAX = 7
PAGE_SIZE_MAX = 50


class EmailSerializer(serializers.Serializer[Any]):
    """An e-mail address."""

    email = EmailAddressField(max_length=EMAIL_MAX)


class CodeSerializer(EmailSerializer):
    """An e-mail address and the code that was sent to it."""

    verification_code = serializers.CharField(max_length=64)


class JoinSerializer(EmailSerializer):
    """A new member."""

    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES)
    nickname = NicknameField(max_graphemes=NAME_MAX_GRAPHEMES)
    password = AppPasswordField()


class LoginSerializer(EmailSerializer):
    """E-mail and password; both are required, and no other rule applies."""

    password = serializers.CharField(max_length=1024, trim_whitespace=False)


class RenewalSerializer(serializers.Serializer[Any]):
    """The last refresh token and its member."""

    member_id = NumberField()
    refresh_token = serializers.CharField(max_length=2_000)


class ActorSerializer(UniqueFieldsSerializer):
    """The actor named by the app, who must be the member of the token."""

    member_id = NumberField()


class UploadSerializer(ActorSerializer):
    """A form with files; unlike an unknown text, an unknown file is refused, because its image would be lost."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields; raise ValidationError."""
        if unknown := [name for name, value in data.items() if isinstance(value, File) and name not in self.fields]:
            raise serializers.ValidationError(dict.fromkeys(unknown, "This file is not supported here."))
        return super().to_internal_value(data)


class TargetSerializer(ActorSerializer):
    """The acting member and the other one."""

    target_id = NumberField()


class AvatarSerializer(UploadSerializer):
    """An avatar; the file's content is checked by media.processing.pipeline alone."""

    file = serializers.FileField(allow_empty_file=True)


class PageSerializer(serializers.Serializer[Any]):
    """The number of a page, from 0, and its size."""

    page = NumberField(least=0)
    size = NumberField(most=PAGE_SIZE_MAX)


class FeedSerializer(PageSerializer, ActorSerializer):
    """A page of the feed and its reader."""


class NewPostSerializer(UploadSerializer):
    """A post; v1's rule for texts, but for the length and the spaces at the ends."""

    content = LongTextField(trim_whitespace=False)
    files = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True), default=list, max_length=FILES_MAX
    )
