"""Serializers of reports."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from moderation.models import Report
from moderation.models.report import REASONS

# Clients of v1 always ask for a reason.
V1_REASONS = [reason for reason in REASONS if reason != "unspecified"]


class ReportCreateSerializer(StrictSerializer):
    """A new report of a member or a post."""

    member_id = IdField(required=False, help_text="The member, or else:")
    post_id = IdField(required=False, help_text="The post. Exactly one of the two.")
    reason = serializers.ChoiceField(V1_REASONS)
    text = TextField(max_graphemes=0, multiline=True, allow_blank=True, default="")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """Add the text, whose limit is a setting."""
        help_text = "What happened, in their own words; needed for `other`."
        limit = settings.REPORT_MAX_GRAPHEMES
        text = TextField(max_graphemes=limit, multiline=True, allow_blank=True, default="", help_text=help_text)
        return super().get_fields() | {"text": text}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Require exactly one subject, and a text for the reason `other`."""
        if ("member_id" in attrs) == ("post_id" in attrs):
            raise serializers.ValidationError(_("Report one member or one post."))
        if attrs["reason"] == "other" and not attrs["text"]:
            raise serializers.ValidationError(
                {"text": [ErrorDetail(_("Say in a few words what is wrong."), "required")]}
            )
        return attrs


class ReportSerializer(serializers.Serializer[Any]):
    """A report as its reporter sees it."""

    id = IdField()
    about = serializers.ChoiceField([Report.MEMBER, Report.POST])
    member_id = IdField(allow_null=True, help_text="The reported member; null for a post, and once they are erased.")
    post_id = IdField(allow_null=True, help_text="The reported post; null for a member, and once it is deleted.")
    reason = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField([Report.OPEN, Report.DISMISSED, Report.UPHELD])
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
