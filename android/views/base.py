"""The base viewset of the compatibility API."""

from hashlib import sha256
from typing import Any

from rest_framework.permissions import IsAuthenticated

from android.authentication import AppAuthentication
from android.errors import NotTheMember
from android.openapi import AppSchema
from libs.api.multipart import StrictMultiPartParser
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


class AppFormViewSet(AppViewSet):
    """Calls with images, which the app's HTTP client may repeat on another connection without the app's knowledge.

    Its multipart boundary is random for each call and equal in repeats, so it is the call's idempotency key.
    """

    parser_classes = (StrictMultiPartParser,)
    # A little less than the app waits for a response.
    wait_for_first_seconds = 4.0

    def get_idempotency_key(self) -> str | None:
        """Return the boundary; None for a body that is no multipart form."""
        return (self.request.content_params or {}).get("boundary")

    def get_storage_key(self, key: str, digest: str) -> str:
        """Return a key that differs for other data, since another client may always use the same boundary."""
        return sha256(f"{key} {digest}".encode()).hexdigest()
