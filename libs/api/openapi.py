"""Describe declared operations in OpenAPI."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from rest_framework.fields import empty

from libs.api.operations import Operation


class OperationSchema(AutoSchema):
    """drf-spectacular's reading of a StrictViewSet, by what its actions declare."""

    view: Any

    @property
    def operation(self) -> Operation:
        """What the action declares."""
        declared: Operation = self.view.operation
        return declared

    def get_summary(self) -> str:
        """As declared."""
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        """As declared, or the action's docstring."""
        return self.operation.description or str(super().get_description())

    def get_override_parameters(self) -> list[Any]:
        """Query parameters that no filter and no pagination tells of."""
        query = self.operation.query
        return [*super().get_override_parameters(), *([query] if query else [])]

    def get_request_serializer(self) -> Any:
        """As declared."""
        return None if self.operation.request is empty else self.operation.request

    def get_response_serializers(self) -> Any:
        """As declared."""
        return self.operation.responses

    def get_examples(self) -> list[Any]:
        """As declared."""
        return [*self.operation.examples]

    def get_auth(self) -> list[dict[str, Any]]:
        """Nothing for a public operation, the view's authentication for all others."""
        if self.operation.auth is not None:
            return [{name: [*scopes] for name, scopes in one.items()} for one in self.operation.auth]
        return [] if self.operation.public else super().get_auth()
