"""The decorator @operation: declares an action of a viewset, for the view itself and for OpenAPI."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, wraps
from inspect import isclass
from typing import Any, TypeVar, cast

from drf_spectacular.utils import OpenApiExample
from rest_framework.exceptions import APIException
from rest_framework.fields import empty
from rest_framework.permissions import BasePermission
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.throttling import BaseThrottle

from libs.idempotency.viewsets import idempotent
from libs.replicas.router import read_from_replica
from libs.switches.registry import Switch

Action = TypeVar("Action", bound=Callable[..., Any])
# The HTTP methods that these declarations are for.
METHODS = {
    "etag": ("get",),
    "if_match": ("put", "patch", "delete"),
    "idempotent": ("post",),
    "replica": ("get",),
}


@dataclass(frozen=True, kw_only=True)
class Operation:
    """What one action of a StrictViewSet takes, returns and refuses.

    A wrong declaration raises TypeError while the view is imported or its URL pattern is made.
    """

    # The name of the operation in generated clients; without one drf-spectacular makes it of path and method.
    id: str = ""
    # For OpenAPI, as in drf-spectacular's extend_schema. Without a description the action's docstring is used.
    summary: str
    description: str = ""
    responses: Any = None
    examples: Sequence[OpenApiExample] = ()
    auth: Sequence[Mapping[str, Sequence[str]]] | None = None
    # The serializer of the body, or one for each media type; None refuses every field. Left out: no body is read.
    request: Any = empty
    # The serializer of the query parameters, and the names of those that pagination and filters read.
    query: type[Serializer[Any]] | None = None
    query_parameters: Collection[str] = ()
    # Public: no token is read, so that an expired one does not prevent a login.
    public: bool = False
    exempt_from: Collection[type[BasePermission]] = ()
    # None: the throttle_classes of the viewset.
    rate_limits: Sequence[type[BaseThrottle]] | None = None
    errors: Sequence[type[APIException]] = ()
    # A read returns an ETag; a change obeys If-Match.
    etag: bool = False
    if_match: bool = False
    # A request with a known Idempotency-Key gets the stored response. It is stored in one transaction with the action,
    # unless the action also works outside of the database: then it `stores_response` itself, by self.store_response()
    # in its own transaction.
    idempotent: bool = False
    stores_response: bool = False
    # What operators can turn off. A change is refused while writes are off, unless it only keeps people logged in.
    switches: Collection[Switch] = ()
    allowed_when_read_only: bool = False
    # A read of what others may see too, which a replica of the database may answer some seconds late. It is repeated on
    # the primary when the replica fails.
    replica: bool = False

    def __post_init__(self) -> None:
        _require_classes(self.errors, APIException)
        _require_classes(self.rate_limits or (), BaseThrottle)
        _require_classes(self.exempt_from, BasePermission)
        if self.request is not empty:
            _require_classes(self._request_serializers(), BaseSerializer)
        if isinstance(self.query_parameters, str):
            raise TypeError("query_parameters must be a collection of names")
        if self.stores_response and not self.idempotent:
            raise TypeError("only idempotent actions store their response")
        if self.public and (self.idempotent or self.exempt_from or self.replica):
            raise TypeError("a public action has no permissions, no Idempotency-Key and no replica")

    def __call__(self, action: Action) -> Action:
        """Attach the declaration to the action."""
        made = idempotent(action, stores_response=self.stores_response) if self.idempotent else action
        made = _answered_by_replica(made) if self.replica else made
        made.operation = self  # type: ignore[attr-defined]
        return made

    def check_method(self, method: str) -> None:
        """Raise TypeError if a declaration is not for this HTTP method."""
        for name, methods in METHODS.items():
            if getattr(self, name) and method not in methods:
                raise TypeError(f"{self.summary!r}: {name} is for {', '.join(methods)}, not {method}")

    @cached_property
    def known_parameters(self) -> frozenset[str]:
        """The names that the query string may contain."""
        return frozenset(self.query_parameters).union(self.query().get_fields() if self.query else ())

    def serializer_for(self, media_type: str) -> Any:
        """Return the serializer class of bodies of this media type; the first one for an undeclared media type."""
        serializers = self.request if isinstance(self.request, Mapping) else {}
        return serializers.get(media_type) or next(iter(self._request_serializers()))

    def _request_serializers(self) -> Collection[Any]:
        if isinstance(self.request, Mapping):
            return self.request.values()
        return () if self.request is None or self.request is empty else (self.request,)


# In lower case, as decorators are.
operation = Operation


def _answered_by_replica(action: Action) -> Action:
    @wraps(action)
    def read(view: Any, *args: Any, **kwargs: Any) -> Any:
        return read_from_replica(lambda: action(view, *args, **kwargs), reader=view.member.pk)

    return cast(Action, read)


def _require_classes(given: Iterable[Any], of: type[Any]) -> None:
    for one in given:
        if not (isclass(one) and issubclass(one, of)):
            raise TypeError(f"{one!r} is no {of.__name__}")
