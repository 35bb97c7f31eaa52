"""What every problem looks like."""

from typing import Any

MEMBERS = {"type", "title", "status", "detail", "code", "request_id"}


def is_problem(response: Any, status: int, code: str | None = None) -> bool:
    """Whether the response is a whole problem of this status and code, and hangs together."""
    assert response.headers["Content-Type"] == "application/problem+json", response.content[:200]
    problem = response.json()
    assert problem.keys() - {"errors"} == MEMBERS
    assert problem["request_id"] == response.headers["X-Request-ID"]
    assert problem["status"] == response.status_code
    assert all(fault.keys() == {"field", "code", "detail"} for fault in problem.get("errors", []))
    return (response.status_code, problem["code"]) == (status, code or problem["code"])
