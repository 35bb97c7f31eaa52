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
    """A serializer that refuses unknown fields, such as `author` or `is_staff`, and numbers in place of texts."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated fields; raise ValidationError."""
        if isinstance(data, Mapping):
            writable = {name for name, field in self.fields.items() if not field.read_only}
            if unknown := data.keys() - writable:
                error = [ErrorDetail(_("This field is not supported here."), "unknown_field")]
                raise serializers.ValidationError(dict.fromkeys(sorted(unknown), error))
            self._check_texts(data)
        return super().to_internal_value(data)

    def _check_texts(self, data: Mapping[str, Any]) -> None:
        """Refuse numbers in place of texts, which Django REST framework would write out as it likes: 1e10 or 1.0."""
        texts = {name: field for name, field in self.fields.items() if isinstance(field, serializers.CharField)}
        if numbers := [name for name in texts if isinstance(data.get(name), int | float)]:
            errors = {name: [ErrorDetail(str(texts[name].error_messages["invalid"]), "invalid")] for name in numbers}
            raise serializers.ValidationError(errors)
