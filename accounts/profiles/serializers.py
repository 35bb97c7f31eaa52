"""Serializers of profiles, member lists and searches."""

from typing import Any

from rest_framework import serializers

from accounts.models.member import ABOUT_MAX_GRAPHEMES, NAME_MAX_GRAPHEMES, NICKNAME_MAX_GRAPHEMES
from accounts.profiles.counts import COUNT_LIMIT
from accounts.profiles.nicknames import NicknameField
from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from media.serializers import ImageSerializer


class MemberViewerSerializer(serializers.Serializer[object]):
    """The viewer's relation to a member."""

    following = serializers.BooleanField(help_text="Whether you follow the member.")
    followed_by = serializers.BooleanField(help_text="Whether the member follows you.")


class ProfileViewerSerializer(MemberViewerSerializer):
    """The viewer's relation to a member, on the profile."""

    muted = serializers.BooleanField(help_text="Whether you mute the member.")


class MemberBaseSerializer(serializers.Serializer[object]):
    """What is shown of a member everywhere."""

    id = IdField()
    nickname = serializers.CharField()
    avatar = ImageSerializer(allow_null=True)


class MemberSummarySerializer(MemberBaseSerializer):
    """A member beside a post, in a list or in search results."""

    viewer = MemberViewerSerializer()


class ProfileCountsSerializer(serializers.Serializer[object]):
    """Counts of what the viewer may see: exact below 10000, which means 10000 or more."""

    followers = serializers.IntegerField(max_value=COUNT_LIMIT)
    following = serializers.IntegerField(max_value=COUNT_LIMIT)
    posts = serializers.IntegerField(max_value=COUNT_LIMIT)


class ProfileBaseSerializer(MemberBaseSerializer):
    """What every profile shows."""

    about = serializers.CharField()
    created_at = serializers.DateTimeField()
    counts = ProfileCountsSerializer()


class ProfileSerializer(ProfileBaseSerializer):
    """A member as others see them."""

    viewer = ProfileViewerSerializer()


class OwnProfileSerializer(ProfileBaseSerializer):
    """A member as they see themselves."""

    email = serializers.EmailField()
    name = serializers.CharField()
    terms_version = serializers.CharField()
    terms_accepted_at = serializers.DateTimeField(allow_null=True)


class ProfileChangeSerializer(StrictSerializer):
    """What a member may change about themselves."""

    name = TextField(max_graphemes=NAME_MAX_GRAPHEMES, required=False)
    nickname = NicknameField(max_graphemes=NICKNAME_MAX_GRAPHEMES, required=False)
    about = TextField(max_graphemes=ABOUT_MAX_GRAPHEMES, multiline=True, allow_blank=True, required=False)


class AvatarUpdateSerializer(StrictSerializer):
    """An uploaded image that no post or avatar uses."""

    image_id = IdField()


class TermsAcceptanceSerializer(StrictSerializer):
    """The version accepted."""

    version = serializers.CharField(max_length=40, help_text="The current one, from /api/v1/config.")


class MemberSearchSerializer(serializers.Serializer[Any]):
    """The words to search for."""

    search = TextField(
        max_graphemes=NICKNAME_MAX_GRAPHEMES,
        multiline=True,
        help_text="The beginning of a nickname or, from 2 letters or digits on, any part of it; case and spaces do not "
        "count.",
    )


class RelatedMemberSerializer(serializers.Serializer[object]):
    """A member in a list of followed, followers, blocked or muted."""

    member = MemberSummarySerializer()
    since = serializers.DateTimeField()
