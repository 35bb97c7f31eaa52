"""How the app's calls are described: an OpenAPI document of their own, beside v1's and without a trace in it.

Success comes from android.response_serializers, refusals from android.error_codes: nothing of the table is written
a second time.
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

from android.error_codes import ANY, CALLS, FAULT, told
from libs.api.openapi import OperationSchema

URLS = "android.urls"
BEARER: dict[str, list[str]] = {"bearer": []}
# What is said where the connection cannot be closed, as in android.middleware.
UNCLOSED = (503, "GLOBAL_006")
LARGEST_ID = 2**63 - 1
INFO = {
    "title": "Heart to Heart: the wire of the Android app in the store",
    "version": "0.0.22",
    "description": (
        "These calls are for the Android app in the store (0.0.22), which will not be built again, and for nobody "
        "else: they are **deprecated**, and every answer says so (`Deprecation`, and `Sunset` once the day is set). "
        "Whoever writes a client takes `/api/v1/`.\n\n"
        "A refusal is `{status, code, message}`. Beside each code stands in brackets what v1 calls the refusal behind "
        "it; docs/errors.md explains those. At a star the connection is closed without an answer instead, wherever the "
        "server can do that. The app takes any answer outside of 200-299 to a call of `member` or "
        "`post` as a reason to renew its tokens and to send the request again, once.\n\n"
        "Where numbers are sent, text that holds one is taken too. No address ends in a slash, nothing is redirected."
    ),
}
TAGS = [
    {"name": "auth", "description": "Joining, signing in, and staying signed in."},
    {"name": "member", "description": "Profiles, avatars, blocks, reports, and leaving."},
    {"name": "post", "description": "Writing, reading, deleting."},
]
REFUSAL = {
    "type": "object",
    "description": "Why a call was refused.",
    "required": ["status", "code", "message"],
    "properties": {
        "status": {"type": "integer", "description": "The HTTP status once more."},
        "code": {"type": "string", "description": "Decides what the app does."},
        "message": {"type": "string", "minLength": 1, "description": "In English; the app shows it to nobody."},
    },
}


class AppBearer(OpenApiAuthenticationExtension):
    """How a token of this door is sent."""

    target_class = "android.authentication.AppAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """RFC 6750."""
        return {"type": "http", "scheme": "bearer", "description": "The access token; to the app it is any text."}


class Numbers(OpenApiSerializerFieldExtension):
    """Whole numbers with the range that is taken."""

    target_class = "android.fields.NumberField"

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> dict[str, Any]:
        """An integer, its largest named where it is smaller than an id's."""
        least, most = self.target.range[0], self.target.range[-1]
        largest = {} if most == LARGEST_ID else {"maximum": most}
        return {"type": "integer", "format": "int64", "minimum": least, **largest}


class AppSchema(OperationSchema):
    """drf-spectacular's reading of a call, with every refusal that android.error_codes has for it."""

    view: Any

    @property
    def call(self) -> str:
        """The call's name, in android.urls as in android.error_codes."""
        return str(resolve(re.sub(r"{\w+}", "1", self.path), URLS).url_name)

    def get_operation_id(self) -> str:
        """The app's name of the call."""
        return self.call

    def get_tags(self) -> list[str]:
        """The part of the app that it belongs to."""
        return [self.path.split("/")[1]]

    def is_deprecated(self) -> bool:
        """All of it."""
        return True

    def _resolve_path_parameters(self, variables: list[str]) -> list[dict[str, Any]]:
        number = {"type": "integer", "format": "int64", "minimum": 1}
        return [{"name": name, "in": "path", "required": True, "schema": number} for name in variables]

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        by_status: dict[int, dict[str, list[str]]] = {}
        for refusal, status in self.refusals():
            heard = told(self.call, refusal, status)
            words = refusal if heard else f"{refusal}*"
            heard_status, code = heard or UNCLOSED
            names = by_status.setdefault(heard_status, {}).setdefault(code, [])
            names += [] if words in names else [words]
        return bodies | {str(status): _refused(status, codes) for status, codes in sorted(by_status.items())}

    def refusals(self) -> Iterator[tuple[str, int]]:
        """Every refusal of ours that the call can meet, by its code and status."""
        yield from ((name, 400) for name in CALLS.get(self.call, {}) if name not in (ANY, FAULT))
        yield from ((error.default_code, error.status_code) for error in self.errors())


class AppEndpoints(EndpointEnumerator):
    """The calls, without the hooks that choose v1's."""

    def get_api_endpoints(self, patterns: Any = None, prefix: str = "") -> list[Any]:
        """Path, pattern, method and view of each, by path."""
        found: list[Any] = self._get_api_endpoints(patterns, prefix)  # type: ignore[no-untyped-call]
        return sorted(found, key=lambda endpoint: str(endpoint[0]))


class AppGenerator(SchemaGenerator):
    """Makes the document. It changes no setting, since v1's may be made at the same time."""

    endpoint_inspector_cls = AppEndpoints

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"urlconf": URLS})  # type: ignore[no-untyped-call]

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        """The whole document."""
        reset_generator_stats()
        paths = self.parse(request, public)  # type: ignore[no-untyped-call]
        components = self.registry.build({"schemas": {"Refusal": REFUSAL}})
        document = {"openapi": "3.1.0", "info": INFO, "tags": TAGS, "paths": paths, "components": components}
        made: dict[str, Any] = sanitize_result_object(normalize_result_object(document))
        return made


def _refused(status: int, codes: dict[str, list[str]]) -> dict[str, Any]:
    """One response: the codes that share a status, and what stands behind each."""
    these = {"properties": {"status": {"const": status}, "code": {"enum": list(codes)}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Refusal"}, these]}
    return {
        "description": "; ".join(f"`{code}` ({', '.join(names)})" for code, names in codes.items()),
        "content": {"application/json": {"schema": schema}},
    }
