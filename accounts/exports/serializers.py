"""Serializers of data exports."""

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from libs.api.fields import IdField


class ExportProgressSerializer(serializers.Serializer[object]):
    """How far it has come."""

    done = serializers.IntegerField(help_text="Files written.")
    total = serializers.IntegerField(help_text="Files to be written; 0 until it is begun.")


class ExportSerializer(serializers.Serializer[object]):
    """A copy of everything that belongs to the member."""

    id = IdField()
    state = serializers.ChoiceField(["queued", "running", "ready", "failed", "expired"])
    progress = ExportProgressSerializer(source="*")
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True, help_text="When the file is deleted.")
    bytes = serializers.IntegerField(allow_null=True, help_text="Of the file; null when there is none.")


@extend_schema_serializer(many=False)
class ExportListSerializer(serializers.Serializer[object]):
    """Those of the last month; there are never many."""

    results = ExportSerializer(many=True)
