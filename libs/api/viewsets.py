"""The ground every viewset stands on."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.viewsets import GenericViewSet

from libs.api.serializers import StrictSerializer


class StrictViewSet(GenericViewSet):  # type: ignore[type-arg]
    """A viewset that states by action what may be asked for, how often, and what it refuses.

    `parameters` are the query parameters it knows; another one is refused as `unknown_field`, since a client that
    misspells a filter, or names somebody else as the actor, must not get an answer to another question. `public`
    actions need no member and do not look at a token, so that a stale one cannot stand in the way of signing in.
    `bodiless` actions take no body and refuse one that says something, as every DELETE does, for the same reason.
    `tagged` reads have an ETag, `guarded` changes heed If-Match. An action without `rates` of its own has the wide
    ones of the settings.
    """

    public: ClassVar[frozenset[str]] = frozenset()
    parameters: ClassVar[Mapping[str, frozenset[str]]] = {}
    rates: ClassVar[Mapping[str, Sequence[type[BaseThrottle]]]] = {}
    refusals: ClassVar[Mapping[str, Sequence[type[APIException]]]] = {}
    bodiless: ClassVar[frozenset[str]] = frozenset()
    tagged: ClassVar[frozenset[str]] = frozenset()
    guarded: ClassVar[frozenset[str]] = frozenset()
    pagination_class = None

    @property
    def asker(self) -> Any:
        """The member who asks, always from the token; only their id is sure to be loaded."""
        return self.request.user

    @property
    def token(self) -> Any:
        """The claims of the asker's access token."""
        return self.request.auth

    def perform_authentication(self, request: Request) -> None:
        """Find out who asks, unless it does not matter: then it is nobody, for limits too."""
        if self.action in self.public:
            request.user, request.auth = AnonymousUser(), None
        else:
            super().perform_authentication(request)

    def get_permissions(self) -> Any:
        """The view's permissions; a public action has none."""
        return [] if self.action in self.public else super().get_permissions()

    def get_throttles(self) -> list[BaseThrottle]:
        """The limits of this action."""
        return [throttle() for throttle in self.rates.get(self.action or "", self.throttle_classes)]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Sign in, check permission and limits as DRF does, then refuse what the action does not know.

        A method that the address does not have is told before anybody is asked who they are: nobody may use it.
        """
        if self.action is None:
            self.http_method_not_allowed(request)
        super().initial(request, *args, **kwargs)
        if self.action and request.query_params:
            self._refuse_odd_parameters(request.query_params)
        if self.action in self.bodiless or request.method == "DELETE":
            # A serializer without fields knows none.
            StrictSerializer(data=request.data or {}).is_valid(raise_exception=True)

    def _refuse_odd_parameters(self, given: QueryDict) -> None:
        known = self.parameters.get(self.action or "", frozenset())
        faults = {}
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

    def taken(self) -> Any:
        """The validated body of the request; raises ValidationError."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data
