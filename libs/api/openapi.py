"""OpenAPI schemas of declared operations, each with every status it can answer with."""

from collections.abc import Iterable, Iterator
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import APIException
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
from libs.client_connection.errors import ClientDisconnected
from libs.idempotency.errors import IDEMPOTENCY_ERRORS
from libs.switches.errors import ReadOnly
from libs.throttling.errors import TooManyRequests

ErrorClass = type[APIException]
BODY_ERRORS: tuple[ErrorClass, ...] = (
    MalformedRequest,
    InvalidRequest,
    UnknownField,
    LengthRequired,
    BodyTooLarge,
    UnsupportedType,
)
# Raised by the HTTP server, before Django sees the request.
SERVER_ERRORS: tuple[ErrorClass, ...] = (AddressTooLong, HeadersTooLarge)
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
    description="Chosen by the client for each thing to create, best a UUID. A request that is sent again with its key "
    "gets the first response and creates nothing more.",
)


class OperationSchema(AutoSchema):
    """Reads what the actions of a StrictViewSet declare."""

    view: Any

    @property
    def operation(self) -> Operation:
        """The declaration of the action."""
        declared: Operation = self.view.operation
        return declared

    def get_operation_id(self) -> str:
        """Return the declared id, or one made of path and method."""
        return self.operation.id or super().get_operation_id()

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation, which says also that it needs no token."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        return operation and {"security": [], **operation}

    def get_paginated_name(self, serializer_name: str) -> str:
        """Return the name of the component that is one page."""
        return f"{serializer_name}Page"

    def get_summary(self) -> str:
        """Return the declared summary."""
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]
        """Return the declared description, or the docstring of the action."""
        return self.operation.description or str(super().get_description())

    def get_override_parameters(self) -> list[Any]:
        """Return the serializer of the query; filters and pagination describe their own parameters."""
        query = self.operation.query
        return [*super().get_override_parameters(), *([query] if query else [])]

    def get_request_serializer(self) -> Any:
        """Return the declared serializers of the body, if any."""
        return None if self.operation.request is empty else self.operation.request

    def get_response_serializers(self) -> Any:
        """Return the declared responses."""
        return self.operation.responses

    def get_examples(self) -> list[Any]:
        """Return the declared examples."""
        return [*self.operation.examples]

    def get_auth(self) -> list[dict[str, Any]]:
        """Return no security requirement for a public operation, and that of the view for all others."""
        if self.operation.auth is not None:
            return [{name: [*scopes] for name, scopes in one.items()} for one in self.operation.auth]
        return [] if self.operation.public else super().get_auth()

    def errors(self) -> Iterator[ErrorClass]:
        """Yield every error that the operation can answer with."""
        yield from self.operation.errors
        yield from self._switch_errors()
        if self.operation.idempotent:
            yield from IDEMPOTENCY_ERRORS
        if self.operation.stores_response:
            yield ClientDisconnected
        if self.get_auth():
            yield from self._access_errors()
        if (self.method != "GET" and self.operation.request is not empty) or self.method == "DELETE":
            yield from BODY_ERRORS
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
        yield from (InternalError, ServiceUnavailable)

    def _switch_errors(self) -> Iterator[ErrorClass]:
        """Yield what the operation answers while operators have turned something off."""
        yield from (switch.error for switch in self.operation.switches)
        if self.method != "GET" and not self.operation.allowed_when_read_only:
            yield ReadOnly

    def _access_errors(self) -> Iterator[ErrorClass]:
        """Yield what authentication and permission classes name in their method `errors`."""
        for check in (*self.view.get_authenticators(), *self.view.get_permissions()):
            yield from check.errors(self.method) if hasattr(check, "errors") else ()


class ProblemSchema(OperationSchema):
    """An operation whose errors are problem+json, with its rate limits, conditions and Idempotency-Key."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Return the operation with its headers."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation:
            add_conditions(operation, self.operation, self.method)
            add_rate_limits(operation, self.view.get_throttles(), self.method)
        return operation

    def get_override_parameters(self) -> list[Any]:
        """Add the header of an idempotent operation."""
        return [*super().get_override_parameters(), *([IDEMPOTENCY_KEY] if self.operation.idempotent else [])]

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        pattern = {"type": "string", "pattern": "^[0-9]{1,19}$"}
        return [{"name": name, "in": "path", "required": True, "schema": pattern} for name in variables]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        by_status: dict[int, list[ErrorClass]] = {}
        for error in (*self.errors(), *SERVER_ERRORS):
            by_status.setdefault(error.status_code, []).append(error)
        for status, errors in sorted(by_status.items()):
            bodies.setdefault(str(status), error_response(errors))
        return bodies


def error_response(errors: Iterable[ErrorClass]) -> dict[str, Any]:
    """Return the OpenAPI response of errors that share a status, with an example of each."""
    examples = {}
    for error in errors:
        # Without __init__: some errors take arguments that no example needs.
        instance = error.__new__(error)
        APIException.__init__(instance)
        value = problem_document(instance, None) | {"request_id": "4f1c2a9e0b7d4c58"}
        value["title"] = str(value["title"])
        examples[value["code"]] = {"value": value}
    return {
        "description": " ".join(f"`{code}`" for code in examples),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def add_problem_component(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Add the components that all operations refer to; a post-processing hook of drf-spectacular."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    result["components"]["headers"] = HEADERS
    return result
