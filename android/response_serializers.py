"""Serializers that describe the responses for the app's OpenAPI document; android.representations makes them."""

from typing import Any

from rest_framework import serializers

from android.fields import NumberField


class MessageSerializer(serializers.Serializer[Any]):
    """A message, where the app only needs an object."""

    message = serializers.CharField()


class JoinedSerializer(serializers.Serializer[Any]):
    """The new member."""

    member_id = NumberField()


class LoginAnswerSerializer(JoinedSerializer):
    """The tokens and names that the app stores."""

    access_token = serializers.CharField()
    refresh_token = serializers.CharField()
    name = serializers.CharField()
    nickname = serializers.CharField()


class RenewalAnswerSerializer(LoginAnswerSerializer):
    """Renewed tokens and the profile."""

    email = serializers.CharField()
    avatarUrl = serializers.CharField(allow_null=True)  # noqa: N815 - the app's own spelling


class MemberAnswerSerializer(serializers.Serializer[Any]):
    """A member; others' addresses are masked, and their nickname stands for their name."""

    email = serializers.CharField()
    name = serializers.CharField()
    nickname = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)


class ProfileAnswerSerializer(MemberAnswerSerializer):
    """A member's profile."""

    member_id = NumberField()
    post_size = serializers.IntegerField()
    follower_size = serializers.IntegerField()
    following_size = serializers.IntegerField()


class BlockedAnswerSerializer(MemberAnswerSerializer):
    """A member in the block list."""

    id = NumberField()


class BlockedListSerializer(serializers.Serializer[Any]):
    """All blocked members."""

    size = serializers.IntegerField()
    members = BlockedAnswerSerializer(many=True)


class PairAnswerSerializer(serializers.Serializer[Any]):
    """The acting member and the other one."""

    member_id = NumberField()
    target_id = NumberField()


class AvatarAnswerSerializer(serializers.Serializer[Any]):
    """The URL of the new avatar."""

    member_id = NumberField()
    avatar_url = serializers.CharField()


class PostAnswerSerializer(serializers.Serializer[Any]):
    """The fields of every post."""

    writer_id = NumberField()
    writer_email = serializers.CharField()
    writer_nickname = serializers.CharField()
    avatar_url = serializers.CharField(allow_null=True)
    content = serializers.CharField()
    image_urls = serializers.ListField(child=serializers.CharField(), allow_null=True)
    created_at = serializers.CharField(help_text="yyyy-MM-ddTHH:mm:ss in the server's time zone.")
    updated_at = serializers.CharField(help_text="yyyy-MM-ddTHH:mm:ss in the server's time zone.")


class NewPostAnswerSerializer(PostAnswerSerializer):
    """The post just written."""

    post_id = NumberField()


class ListedPostSerializer(PostAnswerSerializer):
    """A post in a list."""

    id = NumberField()


class PostPageSerializer(serializers.Serializer[Any]):
    """A page of posts; one with fewer posts than requested is the last."""

    size = serializers.IntegerField()
    posts = ListedPostSerializer(many=True)
