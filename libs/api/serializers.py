"""Serializers that take what was asked for and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail


class UniqueFieldsSerializer(serializers.Serializer[Any]):
    """A serializer that refuses a part of a form that stands twice, unless it is a list: as unclear as in JSON."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields, or ValidationError; a part too many has the code `repeated`."""
        if isinstance(data, MultiValueDict):
            self._refuse_repeated_parts(data)
        return super().to_internal_value(data)

    def _refuse_repeated_parts(self, data: "MultiValueDict[str, Any]") -> None:
        single = {name for name, field in self.fields.items() if not isinstance(field, serializers.ListField)}
        if repeated := sorted(name for name, values in data.lists() if name in single and len(values) > 1):
            refusal = [ErrorDetail(_("Say this once only."), "repeated")]
            raise serializers.ValidationError(dict.fromkeys(repeated, refusal))


class StrictSerializer(UniqueFieldsSerializer):
    """A serializer that refuses fields it does not take, such as `author` or `is_staff`, instead of ignoring them."""

    def to_internal_value(self, data: Any) -> Any:
        """The validated fields, or ValidationError; an unknown field has the code `unknown_field`."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := data.keys() - writable:
                refusal = [ErrorDetail(_("This operation does not know this field."), "unknown_field")]
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), refusal))
        return super().to_internal_value(data)
