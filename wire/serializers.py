"""Serializers that take what was asked for and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses fields it does not take, such as `author` or `is_staff`, instead of ignoring them."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields, or ValidationError; an unknown field has the code `unknown_field`."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := data.keys() - writable:
                refusal = [ErrorDetail(_("This operation does not know this field."), "unknown_field")]
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), refusal))
            self._refuse_repeated_parts(data)
        return super().to_internal_value(data)

    def _refuse_repeated_parts(self, data: Mapping[str, Any]) -> None:
        """A part of a form that stands twice is as unclear as a name that stands twice in JSON, unless it is a list."""
        if not isinstance(data, MultiValueDict):
            return
        single = {name for name, field in self.fields.items() if not isinstance(field, serializers.ListField)}
        if repeated := sorted(name for name, values in data.lists() if name in single and len(values) > 1):
            refusal = [ErrorDetail(_("Say this once only."), "repeated")]
            raise serializers.ValidationError(dict.fromkeys(repeated, refusal))
