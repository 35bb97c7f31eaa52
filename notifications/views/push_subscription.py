"""/push-subscription and /push-subscriptions: where push messages for this device, and for all of one's own, go."""

from django.db.models import F
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import TermsAccepted
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from notifications.models import PushSubscription
from notifications.openapi_examples import PUSH_DEVICE, PUSH_SUBSCRIPTION
from notifications.serializers import PushDeviceListSerializer, PushSubscriptionSerializer


class PushSubscriptionViewSet(StrictViewSet):
    """The push subscription of this login session."""

    @operation(
        id="replace_push_subscription",
        summary="Get push messages on this device",
        description="Replaces what this login session has sent before. It ends with the session, and when another "
        "session sends the same address. Send it at each start of the app, and whenever the address changes.",
        request=PushSubscriptionSerializer,
        responses={204: OpenApiResponse(description="This device gets push messages.")},
        examples=[request_example(PUSH_SUBSCRIPTION)],
    )
    def replace(self, request: Request) -> Response:
        """Store the subscription of the session."""
        PushSubscription.objects.replace(int(self.token["sid"]), **self.validated_data())
        return Response(status=204)

    @operation(
        id="delete_push_subscription",
        summary="Get no push messages on this device",
        responses={204: OpenApiResponse(description="This device gets none, whether or not it did before.")},
        exempt_from=[TermsAccepted],
    )
    def destroy(self, request: Request) -> Response:
        """Delete the subscription of the session."""
        PushSubscription.objects.filter(session=int(self.token["sid"])).delete()
        return Response(status=204)

    @operation(
        id="list_push_subscriptions",
        summary="List your devices that get push messages",
        description="Those of live login sessions, the newest login first. Addresses are not shown.",
        responses=PushDeviceListSerializer,
        examples=[response_example({"results": [PUSH_DEVICE]})],
    )
    def list(self, request: Request) -> Response:
        """List the devices."""
        live = PushSubscription.objects.of_live_sessions([self.member.pk]).order_by("-session")
        columns = ("session_id", "previews", "updated_at")
        rows = live.values(*columns, device=F("session__device"))
        results = [
            row | {"session_id": str(row["session_id"]), "is_current": row["session_id"] == int(self.token["sid"])}
            for row in rows
        ]
        return Response({"results": results})
