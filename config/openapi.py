"""What the OpenAPI document of v1 knows of the apps."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from android.middleware import PATH_PREFIXES


class BearerScheme(OpenApiAuthenticationExtension):
    """Describes the authentication of members: a bearer token."""

    target_class = "accounts.sessions.authentication.MemberAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """Return the security scheme (RFC 6750)."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def exclude_android(endpoints: list[tuple[str, Any, str, Any]], **kwargs: Any) -> list[tuple[str, Any, str, Any]]:
    """Leave out the Android API, which has a document of its own; a pre-processing hook of drf-spectacular."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(PATH_PREFIXES)]
