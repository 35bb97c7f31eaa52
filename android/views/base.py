"""The base viewset of the compatibility API."""

from typing import Any

from rest_framework.permissions import IsAuthenticated

from android.authentication import AppAuthentication
from android.errors import NotTheMember
from android.openapi import AppSchema
from libs.api.viewsets import StrictViewSet


class AppViewSet(StrictViewSet):
    """A StrictViewSet for tokens of the app. New terms are never required, since the app cannot show them."""

    authentication_classes = (AppAuthentication,)
    permission_classes = (IsAuthenticated,)
    schema = AppSchema()

    def data_without_actor(self) -> Any:
        """Return the validated body without the actor it names; raise ValidationError or NotTheMember."""
        data = self.validated_data()
        self.require_actor(data.pop("member_id"))
        return data

    def require_actor(self, member_id: int) -> None:
        """Raise NotTheMember unless the named actor is the member of the token."""
        if member_id != self.member.pk:
            raise NotTheMember
