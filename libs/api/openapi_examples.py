"""Examples for OpenAPI."""

from typing import Any

from drf_spectacular.utils import OpenApiExample


def request_example(value: Any) -> OpenApiExample:
    """An example of a request."""
    return OpenApiExample("Request", value=value, request_only=True)


def response_example(value: Any, status: int = 200) -> OpenApiExample:
    """An example of an answer."""
    return OpenApiExample("Answer", value=value, response_only=True, status_codes=[str(status)])
