"""Requests and responses of notifications."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from accounts.profiles.serializers import MemberSummarySerializer
from libs.api.fields import IdField, StrictBooleanField, TimeField
from libs.api.serializers import StrictSerializer
from notifications.models import Kind, PushSubscription
from notifications.models.push_subscription import ADDRESS_MAX_LENGTH
from notifications.representations import COUNT_LIMIT


class NotificationSerializer(serializers.Serializer[Any]):
    """What happened to the member, and who caused it."""

    # Documents notifications.representations.notification_representations.

    id = IdField()
    kind = serializers.ChoiceField(choices=Kind.values)
    actors = MemberSummarySerializer(many=True, help_text="At most three, the newest first; none of a decision.")
    actor_count = serializers.IntegerField(
        max_value=COUNT_LIMIT, help_text="All of them: exact below 100, which means 100 or more."
    )
    post_id = IdField(allow_null=True, help_text="The post that it is about, or on which the comment stands.")
    comment_id = IdField(allow_null=True, help_text="The comment or reply that was written.")
    decision_id = IdField(allow_null=True, help_text="The decision about you.")
    report_id = IdField(allow_null=True, help_text="Your report, which was decided.")
    latest_at = serializers.DateTimeField(help_text="When the newest of the actors came.")
    is_seen = serializers.BooleanField()


class UnseenCountSerializer(serializers.Serializer[Any]):
    """The number of notifications that the member has not seen."""

    count = serializers.IntegerField(max_value=COUNT_LIMIT)
    more = serializers.BooleanField(help_text="Whether there are more than `count`, which is 100 then.")


class SeenSerializer(StrictSerializer):
    """The newest notification that was displayed."""

    id = IdField()
    latest_at = TimeField(
        required=False,
        help_text="As it was displayed. Always send it. Without it, a notification that grew after you read the list "
        "is marked as seen as well.",
    )


class NotificationSettingsSerializer(StrictSerializer):
    """Whether the member wants notifications, by kind."""

    heart = StrictBooleanField(required=False, help_text="Hearts for your posts.")
    comment = StrictBooleanField(required=False, help_text="Comments on your posts.")
    reply = StrictBooleanField(required=False, help_text="Replies to your comments.")
    follow = StrictBooleanField(required=False, help_text="New followers.")
    mention = StrictBooleanField(required=False, help_text="Posts and comments that name you.")
    decision = StrictBooleanField(required=False, help_text="Decisions of moderators about you.")
    report = StrictBooleanField(required=False, help_text="Outcomes of your reports.")


class PushSubscriptionSerializer(StrictSerializer):
    """Where push messages for this device go."""

    kind = serializers.ChoiceField(
        choices=PushSubscription.Kind.values,
        help_text="`token` is the registration token of FCM, `installation` the installation id of Firebase.",
    )
    address = serializers.RegexField(
        r"^[!-~]+\Z",
        max_length=ADDRESS_MAX_LENGTH,
        trim_whitespace=False,
        help_text="The token or id. It belongs to one login session: another one that sends it takes it over.",
    )
    previews = StrictBooleanField(
        help_text="Whether messages, which a locked phone may show, say the nickname of who caused them."
    )


class PushDeviceSerializer(serializers.Serializer[Any]):
    """A device that gets push messages."""

    session_id = IdField(help_text="The login session, as in `GET /sessions`.")
    device = serializers.CharField(help_text="The name that the app gave at login.")
    previews = serializers.BooleanField()
    updated_at = serializers.DateTimeField(help_text="When the device sent its address last.")
    is_current = serializers.BooleanField(help_text="Whether this request belongs to it.")


@extend_schema_serializer(many=False)
class PushDeviceListSerializer(serializers.Serializer[Any]):
    """All devices of the member that get push messages."""

    results = PushDeviceSerializer(many=True)
