"""OpenAPI of headers: rate limits, entity tags and preconditions."""

from collections.abc import Iterable, Sequence
from typing import Any

from rest_framework.throttling import BaseThrottle

from libs.api.operations import Operation
from libs.throttling.rate_limits import rate_limits_of
from libs.throttling.throttles import RateLimitThrottle


def header_object(description: str, example: str) -> dict[str, Any]:
    """Return an OpenAPI header of type string."""
    return {"description": description, "schema": {"type": "string"}, "example": example}


HEADERS = {
    "RateLimit": header_object(
        "How many requests (`r`) each limit has left, and in how many seconds (`t`) there are more.",
        '"read-member";r=598;t=42',
    ),
    "RateLimit-Policy": header_object(
        "How many requests (`q`) each limit allows in how many seconds (`w`).", '"read-member";q=600;w=60'
    ),
    "Retry-After": {"description": "Wait so many seconds.", "schema": {"type": "integer"}, "example": 17},
    "ETag": header_object("Identifies this state of the resource.", '"5f0c6b1a9d2e4c7788aa01b3c4d5e6f7"'),
}
CONDITIONS = {
    "If-None-Match": "ETags that the client has; if the current one is among them, the response is 304.",
    "If-Match": "The ETag that the client has read; if the resource has changed since, the response is 412.",
}


def rate_limit_policies(throttles: Iterable[BaseThrottle], method: str) -> list[dict[str, Any]]:
    """Return the rate limits of an operation as the extension `x-rate-limit` has them."""
    return [
        {
            "scope": (scope := throttle.scope_of(method)),
            "by": throttle.by,
            "limits": [{"requests": rate.amount, "seconds": rate.get_expiry()} for rate in rate_limits_of(scope)],
        }
        for throttle in throttles
        if isinstance(throttle, RateLimitThrottle)
    ]


def add_rate_limits(operation: dict[str, Any], throttles: Iterable[BaseThrottle], method: str) -> None:
    """Add the rate limits of an operation, and the headers of its responses that report them."""
    if policies := rate_limit_policies(throttles, method):
        operation["x-rate-limit"] = policies
    for status, response in operation["responses"].items():
        if policies and (status[0] in "23" or status == "429"):
            _add_headers(response, ["RateLimit", "RateLimit-Policy"])
        if status in ("429", "503"):
            _add_headers(response, ["Retry-After"])


def add_conditions(operation: dict[str, Any], declared: Operation, method: str) -> None:
    """Add ETag and conditions of a read, or the condition of a change; of changes only PATCH returns the new ETag."""
    responses = operation["responses"]
    if declared.etag:
        responses["304"] = {"description": "The client has it already; there is no body."}
        _add_headers(responses["304"], ["ETag"])
        _add_condition(operation, "If-None-Match")
    if declared.if_match:
        _add_condition(operation, "If-Match")
    if declared.etag or (declared.if_match and method == "PATCH"):
        _add_headers(responses["200"], ["ETag"])


def _add_condition(operation: dict[str, Any], name: str) -> None:
    condition = {"in": "header", "name": name, "schema": {"type": "string"}, "description": CONDITIONS[name]}
    operation["parameters"] = [*operation.get("parameters", []), condition]


def _add_headers(response: dict[str, Any], names: Sequence[str]) -> None:
    for name in names:
        response.setdefault("headers", {})[name] = {"$ref": f"#/components/headers/{name}"}
