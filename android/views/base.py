"""The ground of the app's calls."""

from typing import Any

from rest_framework.permissions import IsAuthenticated

from android.authentication import AppAuthentication
from android.errors import NotTheMember
from android.schema import AppSchema
from wire.viewsets import StrictViewSet


class AppViewSet(StrictViewSet):
    """As v1's, at the app's door. It never asks for new terms: the app could not show them."""

    authentication_classes = (AppAuthentication,)
    permission_classes = (IsAuthenticated,)
    schema = AppSchema()

    def queried(self, serializer: type[Any]) -> Any:
        """The validated query; raises ValidationError."""
        asked = serializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return asked.validated_data

    def taken_from(self, serializer: type[Any]) -> Any:
        """The validated body of the member who sends it; raises ValidationError, or NotTheMember."""
        body = serializer(data=self.request.data)
        body.is_valid(raise_exception=True)
        self.must_be(body.validated_data.pop("member_id"))
        return body.validated_data

    def must_be(self, member_id: int) -> None:
        """The app says who acts; the token knows. Raises NotTheMember."""
        if member_id != self.asker.pk:
            raise NotTheMember
