"""Examples for OpenAPI."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def request_example(value: Any) -> OpenApiExample:
    """Return an example of a request body."""
    return OpenApiExample("Request", value=value, request_only=True)


def response_example(value: Any, status: int = 200) -> OpenApiExample:
    """Return an example of a response body."""
    return OpenApiExample("Response", value=value, response_only=True, status_codes=[str(status)])
