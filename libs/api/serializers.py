"""Serializers that refuse what they do not know."""

from collections.abc import Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class UniqueFieldsSerializer(serializers.Serializer[Any]):
    """A serializer that refuses a form with two values for a field that is not a list (code `repeated`)."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields; raise ValidationError."""
        if isinstance(data, MultiValueDict):
            self._check_repeated_fields(data)
        return super().to_internal_value(data)

    def _check_repeated_fields(self, data: "MultiValueDict[str, Any]") -> None:
        single = {name for name, field in self.fields.items() if not isinstance(field, serializers.ListField)}
        if repeated := sorted(name for name, values in data.lists() if name in single and len(values) > 1):
            error = [ErrorDetail(_("Give only one value."), "repeated")]
            raise serializers.ValidationError(dict.fromkeys(repeated, error))


class StrictSerializer(UniqueFieldsSerializer):
    """A serializer that refuses unknown fields, such as `author` or `is_staff` (code `unknown_field`)."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields; raise ValidationError."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := data.keys() - writable:
                error = [ErrorDetail(_("This field is not supported here."), "unknown_field")]
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), error))
        return super().to_internal_value(data)
