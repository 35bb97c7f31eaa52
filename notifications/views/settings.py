"""/notifications/settings: which kinds of notifications the member wants."""

from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from notifications.models import DisabledKind
from notifications.openapi_examples import SETTINGS
from notifications.serializers import NotificationSettingsSerializer


class NotificationSettingsViewSet(StrictViewSet):
    """The member's settings of notifications."""

    @operation(
        id="get_notification_settings",
        summary="Read which notifications you get",
        responses=NotificationSettingsSerializer,
        examples=[response_example(SETTINGS)],
    )
    def retrieve(self, request: Request) -> Response:
        """Read the settings."""
        return Response(DisabledKind.objects.settings_of(self.member))

    @operation(
        id="update_notification_settings",
        summary="Change which notifications you get",
        description="Changes only the kinds that are sent. It concerns what happens from now on: notifications that "
        "are there stay, and nothing that happened while a kind was off is made up for.",
        request=NotificationSettingsSerializer,
        responses=NotificationSettingsSerializer,
        examples=[request_example({"heart": False}), response_example(SETTINGS | {"heart": False})],
    )
    def partial_update(self, request: Request) -> Response:
        """Turn kinds on or off."""
        DisabledKind.objects.change(self.member, self.validated_data())
        return Response(DisabledKind.objects.settings_of(self.member))
