"""The ground of the app's calls."""

from typing import Any

from rest_framework.permissions import IsAuthenticated

from android.authentication import AppAuthentication
from android.errors import NotTheMember
from android.openapi import AppSchema
from libs.api.viewsets import StrictViewSet


class AppViewSet(StrictViewSet):
    """As v1's, at the app's door. It never asks for new terms: the app could not show them."""

    authentication_classes = (AppAuthentication,)
    permission_classes = (IsAuthenticated,)
    schema = AppSchema()

    def body_of_asker(self) -> Any:
        """The validated body, without the actor that it names; raises ValidationError, or NotTheMember."""
        data = self.validated_data()
        self.must_be(data.pop("member_id"))
        return data

    def must_be(self, member_id: int) -> None:
        """The app says who acts; the token knows. Raises NotTheMember."""
        if member_id != self.member.pk:
            raise NotTheMember
