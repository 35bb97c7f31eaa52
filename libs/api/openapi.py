"""Describe declared operations in OpenAPI, each with every status it can answer with."""

from collections.abc import Iterable
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import exceptions
from rest_framework.fields import empty

from libs.api.errors import (
    AddressTooLong,
    BodyTooLarge,
    Conflict,
    HeadersTooLarge,
    InternalError,
    InvalidRequest,
    LengthRequired,
    MalformedRequest,
    NotFound,
    PreconditionFailed,
    ServiceUnavailable,
    UnknownField,
    UnsupportedType,
)
from libs.api.openapi_headers import HEADERS, add_conditions, add_rate_limits
from libs.api.operations import Operation
from libs.api.problems import MEDIA_TYPE, problem_document
from libs.idempotency.errors import REPEATS
from libs.throttling.errors import TooManyRequests

Refusal = type[exceptions.APIException]
PROBLEM = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "For people, in Korean or English; machines read `code`."},
        "code": {"type": "string", "description": "Stable; docs/errors.md lists them all."},
        "request_id": {"type": ["string", "null"]},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="Drawn by the client for each thing to create, best a UUID: a request that is sent again with its key "
    "gets the first answer and creates nothing more.",
)


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

    def access_errors(self) -> Iterable[Refusal]:
        """What the view's authentication and permission classes say in `errors(method)` that they raise."""
        for check in (*self.view.get_authenticators(), *self.view.get_permissions()):
            yield from check.errors(self.method) if hasattr(check, "errors") else ()


class ProblemSchema(OperationSchema):
    """Operations with every refusal they can answer with."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """The operation with its limits and conditions."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            add_conditions(operation, self.operation, self.method)
            add_rate_limits(operation, self.view.get_throttles(), self.method)
        return operation

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        pattern = {"type": "string", "pattern": "^[0-9]{1,19}$"}
        return [{"name": name, "in": "path", "required": True, "schema": pattern} for name in variables]

    def get_override_parameters(self) -> list[Any]:
        """The header that repeats know each other by."""
        return [*super().get_override_parameters(), *([IDEMPOTENCY_KEY] if self.operation.idempotent else [])]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        by_status: dict[int, list[Refusal]] = {}
        for refusal in self.refusals():
            by_status.setdefault(refusal.status_code, []).append(refusal)
        for status, refusals in sorted(by_status.items()):
            bodies.setdefault(str(status), error_response(refusals))
        return bodies

    def refusals(self) -> Iterable[Refusal]:
        """Every refusal the operation can answer with, those of the frame around it included."""
        yield from self.operation.errors
        if self.operation.idempotent:
            yield from REPEATS
        if self.get_auth():
            yield from self.access_errors()
        if self.method != "GET":
            # One that takes no body reads it all the same, to refuse what it says.
            yield from (MalformedRequest, InvalidRequest, UnknownField, LengthRequired, BodyTooLarge, UnsupportedType)
        elif self._get_parameters():
            yield InvalidRequest
        if self.method in ("POST", "PUT", "PATCH"):
            yield Conflict
        if "{" in self.path:
            yield NotFound
        if self.operation.if_match:
            yield PreconditionFailed
        if self.view.get_throttles():
            yield TooManyRequests
        yield from (AddressTooLong, HeadersTooLarge, InternalError, ServiceUnavailable)


def error_response(refusals: list[Refusal]) -> dict[str, Any]:
    """One response of OpenAPI: the refusals that share a status, each with an example."""
    examples = {}
    for refusal in refusals:
        # Some refusals are made of what they refuse; their words alone need nothing.
        instance = refusal.__new__(refusal)
        exceptions.APIException.__init__(instance)
        value = problem_document(instance, None) | {"request_id": "4f1c2a9e0b7d4c58"}
        value["title"] = str(value["title"])
        examples[value["code"]] = {"value": value}
    return {
        "description": " ".join(f"`{code}`" for code in examples),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def add_problem_component(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Post-processing hook: the shape that every refusal refers to."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    result["components"]["headers"] = HEADERS
    return result
