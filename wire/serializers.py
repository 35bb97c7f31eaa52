"""Serializers that take what was asked for and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields nobody may set, such as `author` or `is_staff`, instead of ignoring them."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields, or ValidationError; an unknown field has the code `unknown_field`."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := data.keys() - writable:
                refusal = [ErrorDetail(_("Nobody may set this."), "unknown_field")]
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), refusal))
        return super().to_internal_value(data)
