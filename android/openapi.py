"""The OpenAPI document of the compatibility API, separate from that of v1.

Successful responses come from android.response_serializers, errors from android.error_codes.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import resolve
from drf_spectacular.drainage import reset_generator_stats
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import EndpointEnumerator, SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import normalize_result_object, sanitize_result_object
from drf_spectacular.settings import spectacular_settings

from android.error_codes import ANY_4XX, ANY_5XX, CALLS, app_error_for
from libs.api.openapi import OperationSchema
from libs.idempotency.errors import IdempotencyKeyInvalid, IdempotencyKeyReused

URLS = "android.urls"
BEARER: dict[str, list[str]] = {"bearer": []}
# The response where the connection cannot be closed, as in android.middleware.
UNCLOSED = (503, "GLOBAL_006")
# The app sends no Idempotency-Key; its boundary always serves as one.
KEY_ERRORS = (IdempotencyKeyInvalid, IdempotencyKeyReused)
LARGEST_ID = 2**63 - 1
INFO = {
    "title": "Heart to Heart: compatibility API of the released Android app",
    "version": "0.0.22",
    "description": (
        "These calls serve the released Android app (0.0.22), which will not be updated, and no other client. They "
        "are **deprecated**, and every response says so (`Deprecation`, and `Sunset` once the date is set). New "
        "clients use `/api/v1/`.\n\n"
        "An error is `{status, code, message}`. The error codes of v1 behind each code are in brackets; docs/errors.md "
        "explains them. Where a star follows, the connection is closed without a response instead, wherever the server "
        "can do that. After any response outside of 200-299 to a `member` or `post` call the app renews its tokens and "
        "sends the request again, once.\n\n"
        "Numbers are accepted as text too. No path ends in a slash, and nothing is redirected."
    ),
}
TAGS = [
    {"name": "auth", "description": "Sign-up, login and token renewal."},
    {"name": "member", "description": "Profiles, avatars, blocks, reports and withdrawal."},
    {"name": "post", "description": "Publishing, reading and deleting posts."},
]
REFUSAL = {
    "type": "object",
    "description": "An error.",
    "required": ["status", "code", "message"],
    "properties": {
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {"type": "string", "description": "The code that decides what the app does."},
        "message": {
            "type": "string",
            "minLength": 1,
            "description": "For developers, in English.",
        },
    },
}


class AppBearer(OpenApiAuthenticationExtension):
    """The security scheme of access tokens of the app."""

    target_class = "android.authentication.AppAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """RFC 6750."""
        return {"type": "http", "scheme": "bearer", "description": "The access token, opaque to the app."}


class Numbers(OpenApiSerializerFieldExtension):
    """The schema of NumberField, with its range."""

    target_class = "android.fields.NumberField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """Return an integer schema, with a maximum where it is lower than that of ids."""
        least, most = self.target.range[0], self.target.range[-1]
        largest = {} if most == LARGEST_ID else {"maximum": most}
        return {"type": "integer", "format": "int64", "minimum": least, **largest}


class AppSchema(OperationSchema):
    """The schema of a call, with every error that android.error_codes has for it."""

    view: Any

    @property
    def call(self) -> str:
        """The name of the call in android.urls and android.error_codes."""
        return str(resolve(re.sub(r"{\w+}", "1", self.path), URLS).url_name)

    def get_operation_id(self) -> str:
        """Return the app's name of the call."""
        return self.call

    def get_tags(self) -> list[str]:
        """Return the first part of the path."""
        return [self.path.split("/")[1]]

    def is_deprecated(self) -> bool:
        """Return True: the whole API is deprecated."""
        return True

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        number = {"type": "integer", "format": "int64", "minimum": 1}
        return [{"name": name, "in": "path", "required": True, "schema": number} for name in variables]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        by_status: dict[int, dict[str, list[str]]] = {}
        for error_code, status in self.error_codes():
            app_error = app_error_for(self.call, error_code, status)
            label = error_code if app_error else f"{error_code}*"
            app_status, code = app_error or UNCLOSED
            names = by_status.setdefault(app_status, {}).setdefault(code, [])
            names += [] if label in names else [label]
        return bodies | {str(status): _error_response(status, codes) for status, codes in sorted(by_status.items())}

    def error_codes(self) -> Iterator[tuple[str, int]]:
        """Yield the v1 code and status of every error that the call can raise."""
        yield from ((name, 400) for name in CALLS.get(self.call, {}) if name not in (ANY_4XX, ANY_5XX))
        yield from ((error.default_code, error.status_code) for error in self.errors() if error not in KEY_ERRORS)


class AppEndpoints(EndpointEnumerator):
    """The calls of the app, without the hooks that select those of v1."""

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        """Return path, pattern, method and view of each call, by path."""
        endpoints: list[Any] = self._get_api_endpoints(patterns, prefix)  # type: ignore[no-untyped-call]
        return sorted(endpoints, key=lambda endpoint: str(endpoint[0]))


class AppGenerator(SchemaGenerator):
    """The generator of the document; it changes no setting, since that of v1 may run at the same time."""

    endpoint_inspector_cls = AppEndpoints

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"urlconf": URLS})  # type: ignore[no-untyped-call]

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """Return the document."""
        reset_generator_stats()
        paths = self.parse(request, public)  # type: ignore[no-untyped-call]
        components = self.registry.build({"schemas": {"Refusal": REFUSAL}})
        info = INFO | {"contact": spectacular_settings.CONTACT, "license": spectacular_settings.LICENSE}
        document = {"openapi": "3.1.0", "info": info, "servers": spectacular_settings.SERVERS, "tags": TAGS}
        document |= {"paths": paths, "components": components}
        made: dict[str, Any] = sanitize_result_object(normalize_result_object(document))
        return made


def _error_response(status: int, codes: dict[str, list[str]]) -> dict[str, Any]:
    """Return one response: the app's codes that share a status, and the v1 codes behind each."""
    values = {"properties": {"status": {"const": status}, "code": {"enum": list(codes)}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Refusal"}, values]}
    return {
        "description": "; ".join(f"`{code}` ({', '.join(names)})" for code, names in codes.items()),
        "content": {"application/json": {"schema": schema}},
    }
