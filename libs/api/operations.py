"""The decorator that declares an action of a viewset, for the view and for OpenAPI."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from inspect import isclass
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import APIException
from rest_framework.fields import empty
from rest_framework.permissions import BasePermission
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.throttling import BaseThrottle

from libs.idempotency.viewsets import idempotent

Action = TypeVar("Action", bound=Callable[..., Any])
# The methods that each of these makes sense for.
METHODS = {"etag": ("get",), "if_match": ("put", "patch", "delete"), "idempotent": ("post",)}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one action of a StrictViewSet takes, answers and refuses.

    A wrong declaration raises TypeError while the view is imported or its URL is made.
    """

    # As drf-spectacular's extend_schema has them; without a description the action's docstring is it.
    summary: str
    description: str = ""
    responses: Any = None
    examples: Sequence[OpenApiExample] = ()
    auth: Sequence[Mapping[str, Sequence[str]]] | None = None
    # The serializer of the body, or one for each media type. None refuses a body that holds anything.
    request: Any = empty
    # The serializer of the query parameters, and names of others that pagination and filters read.
    query: type[Serializer[Any]] | None = None
    query_parameters: Collection[str] = ()
    # Needs no member and does not look at a token, so that an expired one cannot stand in the way of a login.
    public: bool = False
    exempt_from: Collection[type[BasePermission]] = ()
    # None for the viewset's throttle_classes.
    rate_limits: Sequence[type[BaseThrottle]] | None = None
    errors: Sequence[type[APIException]] = ()
    # Answers with an ETag; heeds If-Match.
    etag: bool = False
    if_match: bool = False
    # Answers a repeated Idempotency-Key as it did the first time. The action runs in one transaction with the stored
    # response, unless it works outside of the database too: then it calls self.store_response() in a transaction of its
    # own.
    idempotent: bool = False
    stores_response: bool = False

    def __post_init__(self) -> None:
        _require_classes(self.errors, APIException)
        _require_classes(self.rate_limits or (), BaseThrottle)
        _require_classes(self.exempt_from, BasePermission)
        if self.request is not empty:
            _require_classes(self._request_serializers(), BaseSerializer)
        if isinstance(self.query_parameters, str):
            raise TypeError("query_parameters are several names")
        if self.stores_response and not self.idempotent:
            raise TypeError("stores_response is for idempotent actions")
        if self.public and (self.idempotent or self.exempt_from):
            raise TypeError("a public action has no permissions, and stores no responses of a member")

    def __call__(self, action: Action) -> Action:
        """Declare the action."""
        made = idempotent(action, stores_response=self.stores_response) if self.idempotent else action
        made.operation = self  # type: ignore[attr-defined]
        return made

    def check_method(self, method: str) -> None:
        """Raise TypeError when the HTTP method cannot do what is declared."""
        for name, methods in METHODS.items():
            if getattr(self, name) and method not in methods:
                raise TypeError(f"{name} is for {', '.join(methods)}, not for {method}: {self.summary}")

    @cached_property
    def known_parameters(self) -> frozenset[str]:
        """The names that the query string may hold."""
        return frozenset(self.query_parameters).union(self.query().get_fields() if self.query else ())

    def serializer_for(self, media_type: str) -> Any:
        """The serializer class of a body of this media type; the first declared for one that is not."""
        serializers = self.request if isinstance(self.request, Mapping) else {}
        return serializers.get(media_type) or next(iter(self._request_serializers()))

    def _request_serializers(self) -> Collection[Any]:
        if isinstance(self.request, Mapping):
            return self.request.values()
        return () if self.request is None or self.request is empty else (self.request,)


# Lower case where it decorates.
operation = Operation


def _require_classes(given: Iterable[Any], of: type[Any]) -> None:
    for one in given:
        if not (isclass(one) and issubclass(one, of)):
            raise TypeError(f"{one!r} is no {of.__name__}")
