"""What OpenAPI says of headers: limits, entity tags, and the conditions that go with them."""

from typing import Any

from rest_framework.throttling import BaseThrottle

from libs.api.operations import Operation
from libs.throttling.rate_limits import rate_limits_of
from libs.throttling.throttles import RateLimitThrottle

NOT_MODIFIED = {"description": "The client has it already; there is no body."}


def header_object(description: str, example: str) -> dict[str, Any]:
    """A header of an answer."""
    return {"description": description, "schema": {"type": "string"}, "example": example}


HEADERS = {
    "RateLimit": header_object(
        "How many requests (`r`) are left of each limit, and in how many seconds (`t`) there are more.",
        '"read-member";r=598;t=42',
    ),
    "RateLimit-Policy": header_object(
        "How many requests (`q`) each limit lets pass in how many seconds (`w`).", '"read-member";q=600;w=60'
    ),
    "Retry-After": {"description": "Wait so many seconds.", "schema": {"type": "integer"}, "example": 17},
    "ETag": header_object("Names this very state of what was read.", '"5f0c6b1a9d2e4c7788aa01b3c4d5e6f7"'),
}
CONDITIONS = {
    "If-None-Match": "ETags of what the client has; with the present one among them the answer is 304.",
    "If-Match": "The ETag of what the client has read; when it has changed since, the answer is 412.",
}


def rate_limit_policies(throttles: list[BaseThrottle], method: str) -> list[dict[str, Any]]:
    """The limits of an operation, as the extension `x-rate-limit` tells them."""
    return [
        {
            "scope": (scope := throttle.scope_of(method)),
            "by": throttle.by,
            "limits": [{"requests": rate.amount, "seconds": rate.get_expiry()} for rate in rate_limits_of(scope)],
        }
        for throttle in throttles
        if isinstance(throttle, RateLimitThrottle)
    ]


def add_rate_limits(operation: dict[str, Any], throttles: list[BaseThrottle], method: str) -> None:
    """Add the limits of an operation and the headers that its answers say them with."""
    if told := rate_limit_policies(throttles, method):
        operation["x-rate-limit"] = told
    for status, answer in operation["responses"].items():
        names = ["RateLimit", "RateLimit-Policy"] if told and (status[0] in "23" or status == "429") else []
        names += ["Retry-After"] if status in ("429", "503") else []
        _add(answer, names)


def add_conditions(operation: dict[str, Any], declared: Operation, method: str) -> None:
    """Add what a read with an ETag answers, or what a change heeds; of changes only PATCH answers with the new ETag."""
    is_tagged, is_guarded = declared.etag, declared.if_match
    if is_tagged:
        operation["responses"]["304"] = {**NOT_MODIFIED}
        _add(operation["responses"]["304"], ["ETag"])
    if is_tagged or (is_guarded and method == "PATCH"):
        _add(operation["responses"]["200"], ["ETag"])
    if is_tagged or is_guarded:
        name = "If-None-Match" if is_tagged else "If-Match"
        told = {"in": "header", "name": name, "schema": {"type": "string"}, "description": CONDITIONS[name]}
        operation["parameters"] = [*operation.get("parameters", []), told]


def _add(answer: dict[str, Any], names: list[str]) -> None:
    for name in names:
        answer.setdefault("headers", {})[name] = {"$ref": f"#/components/headers/{name}"}
