"""What the OpenAPI document of v1 has to know of the apps."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from android.middleware import ADDRESSES


class BearerScheme(OpenApiAuthenticationExtension):
    """How a member's token is sent."""

    target_class = "accounts.sessions.authentication.MemberAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """RFC 6750."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


def exclude_android(endpoints: list[tuple[str, Any, str, Any]], **kwargs: Any) -> list[tuple[str, Any, str, Any]]:
    """Pre-processing hook: the wire of the app in the store has a document of its own."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith(ADDRESSES)]
