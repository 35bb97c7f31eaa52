"""The format of problems, and every error that can become one."""

import importlib
import inspect
from pathlib import Path
from typing import Any

from rest_framework.exceptions import APIException, MethodNotAllowed, NotAuthenticated

ROOT = Path(__file__).resolve().parents[2]

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


def error_classes(*, without: str = "") -> list[type[APIException]]:
    """Return the classes of all modules `errors`, but those of one package, and what REST framework raises itself."""
    found: list[type[APIException]] = [NotAuthenticated, MethodNotAllowed]
    paths = (*ROOT.glob("*/errors.py"), *ROOT.glob("libs/*/errors.py"))
    for path in (path for path in paths if path.parent.name != without):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        found += (
            one
            for _, one in inspect.getmembers(module, inspect.isclass)
            if issubclass(one, APIException) and one.__module__ == module.__name__
        )
    return found
