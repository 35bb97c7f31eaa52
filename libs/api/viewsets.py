"""The base of all viewsets."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from libs.api.operations import Operation
from libs.api.renderers import json_response
from libs.api.serializers import StrictSerializer
from libs.idempotency.viewsets import IdempotencyMixin
from libs.replicas.pinning import pin_to_primary
from libs.switches.states import states
from libs.switches.switches import WRITES

OPTIONS = Operation(summary="Read the methods of an address")


class StrictViewSet(IdempotencyMixin, GenericViewSet):  # type: ignore[type-arg]
    """A viewset whose actions declare an `operation` and refuse fields and parameters that it does not name.

    A client that misspells a filter, or names somebody else as the actor, must not get the response to another request.
    """

    pagination_class: type[BasePagination] | None = None

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """Return the view; raise TypeError for an action without an operation, or one that does not fit its method."""
        for method, name in (actions or {}).items():
            action = getattr(cls, name)
            if not hasattr(action, "operation"):
                raise TypeError(f"{cls.__name__}.{name} has no operation")
            action.operation.check_method(method)
        return super().as_view(actions, **initkwargs)

    @property
    def operation(self) -> Operation:
        """The declaration of the current action."""
        declared: Operation = getattr(getattr(self, self.action or "", None), "operation", OPTIONS)
        return declared

    @property
    def member(self) -> Any:
        """The member of the access token; only the id is loaded."""
        return self.request.user

    @property
    def token(self) -> Any:
        """The claims of the access token."""
        return self.request.auth

    def redis_keys(self, member_id: int) -> Sequence[str]:
        """Return keys of Redis to read together with the member's session; `redis_values` has their values then."""
        return ()

    @property
    def redis_values(self) -> Mapping[str, bytes | None]:
        """What Redis has for `redis_keys`; nothing without Redis, and while it is away."""
        values: Mapping[str, bytes | None] = getattr(self.request._request, "redis_values", {})
        return values

    def perform_authentication(self, request: Request) -> None:
        """Authenticate the request, unless the action is public: then it is anonymous for rate limits too."""
        if self.operation.public:
            request.user, request.auth = AnonymousUser(), None
        else:
            super().perform_authentication(request)

    def get_permissions(self) -> Any:
        """Return the view's permissions without those that the action is exempt from; none for a public action."""
        if self.operation.public:
            return []
        exempt_from = tuple(self.operation.exempt_from)
        return [permission for permission in super().get_permissions() if not isinstance(permission, exempt_from)]

    def get_throttles(self) -> list[BaseThrottle]:
        """Return the rate limits of the action, or else of the view."""
        limits = self.operation.rate_limits
        return super().get_throttles() if limits is None else [throttle() for throttle in limits]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Authenticate, check permissions and rate limits as DRF does, then refuse what the action does not know.

        A method that the path does not have is refused first, whoever the client is; then what operators turned off.
        """
        if self.action is None:
            self.http_method_not_allowed(request)
        if request.method not in SAFE_METHODS:
            self._check_switches()
        super().initial(request, *args, **kwargs)
        if request.query_params:
            self._check_query_parameters(request.query_params)
        if self.operation.request is None or request.method == "DELETE":
            # A serializer without fields refuses all of them.
            StrictSerializer(data=request.data or {}).is_valid(raise_exception=True)

    def _check_switches(self) -> None:
        """Raise the error of a switch that is off."""
        states.refresh_if_due()
        if not self.operation.allowed_when_read_only:
            WRITES.require()
        for switch in self.operation.switches:
            switch.require()

    def _check_query_parameters(self, parameters: QueryDict) -> None:
        known, errors = self.operation.known_parameters, {}
        for name, values in sorted(parameters.lists()):
            if name not in known:
                errors[name] = ErrorDetail(_("This parameter is not supported here."), "unknown_field")
            elif len(values) > 1:
                errors[name] = ErrorDetail(_("Give only one value."), "repeated")
            elif not values[0]:
                errors[name] = ErrorDetail(_("This field may not be blank."), "blank")
        if errors:
            raise ValidationError({name: [error] for name, error in errors.items()})

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Finish the response. After a request that may have changed something, its member reads from the primary."""
        if request.method not in SAFE_METHODS and (member_id := _authenticated_id(request)):
            pin_to_primary([member_id])
        return super().finalize_response(request, response, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Return the methods of the path in `Allow`; OpenAPI describes them."""
        return Response(status=204)

    def get_serializer_class(self) -> Any:
        """Return the serializer of the request's body."""
        return self.operation.serializer_for((self.request.content_type or "").partition(";")[0].strip().lower())

    def get_paginated_response(self, data: Any) -> HttpResponse:  # type: ignore[override]
        """Return the page as JSON; REST framework's Response costs half as much as making a page."""
        paginator: Any = self.paginator
        return json_response(paginator.page_representation(data))

    def validated_data(self, instance: Any = None) -> Any:
        """Return the validated body, of a change to the instance if one is given; raise ValidationError."""
        serializer = self.get_serializer(instance, data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def validated_query(self) -> Any:
        """Return the validated query parameters; raise ValidationError."""
        serializer_class: Any = self.operation.query
        serializer = serializer_class(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data


def _authenticated_id(request: Request) -> Any:
    # Not `request.user`, which would authenticate a request that was refused before.
    return getattr(getattr(request, "_user", None), "pk", None)
