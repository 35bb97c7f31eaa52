"""Serializers of reports."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from libs.api.fields import IdField, TextField
from libs.api.serializers import StrictSerializer
from moderation.models import Appeal, Report
from moderation.models.appeal import APPEAL_MAX_GRAPHEMES
from moderation.models.report import REASONS

# Clients of v1 always ask for a reason.
V1_REASONS = [reason for reason in REASONS if reason != "unspecified"]


class ReportCreateSerializer(StrictSerializer):
    """A new report of a member, a post or a comment."""

    member_id = IdField(required=False, help_text="The member, or else:")
    post_id = IdField(required=False, help_text="The post, or else:")
    comment_id = IdField(required=False, help_text="The comment. Exactly one of the three.")
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
        if len(attrs.keys() & {"member_id", "post_id", "comment_id"}) != 1:
            raise serializers.ValidationError(_("Report one member, one post or one comment."))
        if attrs["reason"] == "other" and not attrs["text"]:
            raise serializers.ValidationError(
                {"text": [ErrorDetail(_("Say in a few words what is wrong."), "required")]}
            )
        return attrs


class AppealTextField(TextField):
    """Why a decision is wrong, in the words of the member."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_graphemes=APPEAL_MAX_GRAPHEMES, multiline=True, **kwargs)


class AppealCreateSerializer(StrictSerializer):
    """An appeal against a decision."""

    decision_id = IdField(help_text="From `/me/decisions`, or the e-mail about it.")
    text = AppealTextField(help_text="Why the decision is wrong.")


class AppealSerializer(serializers.Serializer[Any]):
    """An appeal as its member sees it."""

    id = IdField()
    decision_id = IdField()
    text = serializers.CharField()
    state = serializers.ChoiceField([Appeal.OPEN, Appeal.UPHELD, Appeal.DENIED])
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class DecisionSerializer(serializers.Serializer[Any]):
    """A decision as the member whom it concerns sees it."""

    # Documents moderation.decision_lists.decision_representations.

    id = IdField()
    action = serializers.CharField(help_text="Such as `remove_post`; more may be added. `undo` takes a decision back.")
    undoes = IdField(allow_null=True, help_text="The decision that this one takes back.")
    statement = serializers.CharField(help_text="What it means, in the language of the request.")
    post_id = IdField(allow_null=True, help_text="The post that it is about; null for a decision about you.")
    comment_id = IdField(allow_null=True, help_text="The comment that it is about.")
    quotation = serializers.CharField(help_text="The beginning of the post or comment.")
    reason = serializers.CharField(help_text="As the reasons of reports; more may be added.")
    text = serializers.CharField(help_text="The moderator's own words; may be empty.")
    created_at = serializers.DateTimeField()
    is_undone = serializers.BooleanField()
    may_appeal = serializers.BooleanField()
    appeal = AppealSerializer(allow_null=True)


class ReportSerializer(serializers.Serializer[Any]):
    """A report as its reporter sees it."""

    id = IdField()
    about = serializers.ChoiceField([Report.MEMBER, Report.POST, Report.COMMENT])
    member_id = IdField(
        allow_null=True, help_text="The reported member; null for anything else, and once they are erased."
    )
    post_id = IdField(allow_null=True, help_text="The reported post; null for anything else, and once it is deleted.")
    comment_id = IdField(
        allow_null=True, help_text="The reported comment; null for anything else, and once it is deleted."
    )
    reason = serializers.CharField()
    text = serializers.CharField()
    state = serializers.ChoiceField([Report.OPEN, Report.DISMISSED, Report.UPHELD])
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
