"""The ground every viewset stands on."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from libs.api.operations import Operation
from libs.api.serializers import StrictSerializer
from libs.idempotency.viewsets import IdempotencyMixin

OPTIONS = Operation(summary="Read the methods of an address")


class StrictViewSet(IdempotencyMixin, GenericViewSet):  # type: ignore[type-arg]
    """A viewset whose actions are declared by `operation`, and that refuses what their operation does not know.

    A client that misspells a filter, or names somebody else as the actor, must not get an answer to another question.
    """

    pagination_class: type[BasePagination] | None = None

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """Check that every action is declared for its method; raise TypeError."""
        for method, name in (actions or {}).items():
            action = getattr(cls, name)
            if not hasattr(action, "operation"):
                raise TypeError(f"{cls.__name__}.{name} has no operation")
            action.operation.check_method(method)
        return super().as_view(actions, **initkwargs)

    @property
    def operation(self) -> Operation:
        """What the action of the request declares."""
        declared: Operation = getattr(getattr(self, self.action or "", None), "operation", OPTIONS)
        return declared

    @property
    def member(self) -> Any:
        """The member who asks, always from the token; only their id is sure to be loaded."""
        return self.request.user

    @property
    def token(self) -> Any:
        """The claims of the asker's access token."""
        return self.request.auth

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, unless it does not matter: then it is nobody, for limits too."""
        if self.operation.public:
            request.user, request.auth = AnonymousUser(), None
        else:
            super().perform_authentication(request)

    def get_permissions(self) -> Any:
        """The view's permissions but those that the action is exempt from; a public action has none."""
        if self.operation.public:
            return []
        exempt_from = tuple(self.operation.exempt_from)
        return [permission for permission in super().get_permissions() if not isinstance(permission, exempt_from)]

    def get_throttles(self) -> list[BaseThrottle]:
        """The rate limits of the action, or else of the view."""
        limits = self.operation.rate_limits
        return super().get_throttles() if limits is None else [throttle() for throttle in limits]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Sign in, check permission and limits as DRF does, then refuse what the action does not know.

        A method that the address does not have is told before anybody is asked who they are: nobody may use it.
        """
        if self.action is None:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        if request.query_params:
            self._refuse_odd_parameters(request.query_params)
        if self.operation.request is None or request.method == "DELETE":
            # A serializer without fields knows none.
            StrictSerializer(data=request.data or {}).is_valid(raise_exception=True)

    def _refuse_odd_parameters(self, given: QueryDict) -> None:
        known, faults = self.operation.known_parameters, {}
        for name, values in sorted(given.lists()):
            if name not in known:
                faults[name] = ErrorDetail(_("This operation does not know this parameter."), "unknown_field")
            elif len(values) > 1:
                faults[name] = ErrorDetail(_("Say this once only."), "repeated")
            elif not values[0]:
                faults[name] = ErrorDetail(_("This field may not be blank."), "blank")
        if faults:
            raise ValidationError({name: [fault] for name, fault in faults.items()})

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods of this address, in `Allow`; what they take, OpenAPI tells."""
        return Response(status=204)

    def get_serializer_class(self) -> Any:
        """The serializer of the request's body."""
        return self.operation.serializer_for((self.request.content_type or "").partition(";")[0].strip().lower())

    def validated_data(self) -> Any:
        """The validated body of the request; raises ValidationError."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def validated_query(self) -> Any:
        """The validated query parameters; raises ValidationError."""
        serializer_class: Any = self.operation.query
        serializer = serializer_class(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
