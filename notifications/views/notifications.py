"""/notifications: reading them, counting those that are not seen, and marking them as seen."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.errors import NotFound
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from notifications.models import Notification, SeenMarker
from notifications.openapi_examples import NOTIFICATION
from notifications.push.scheduling import update_badges_later
from notifications.representations import (
    COUNT_LIMIT,
    compiled_notifications,
    notification_representations,
    unseen_count,
)
from notifications.serializers import NotificationSerializer, SeenSerializer, UnseenCountSerializer


class NotificationPagination(KeysetPagination):
    """Pages by the time of the newest actor."""

    columns = ("latest_at", "id")


class NotificationViewSet(StrictViewSet):
    """The member's notifications."""

    pagination_class = NotificationPagination

    @operation(
        id="list_notifications",
        summary="Read your notifications",
        description="Newest first. While you have not seen it, a notification of hearts or followers gets further "
        "actors and moves to the top: replace the one with the same `id`.",
        query_parameters=PAGE_PARAMETERS,
        responses=NotificationSerializer(many=True),
        examples=[response_example(NOTIFICATION)],
        errors=[InvalidCursor],
        replica=True,
    )
    def list(self, request: Request) -> HttpResponse:
        """Read one page of notifications."""
        notifications: Any = compiled_notifications(viewer=self.member.pk)
        rows = self.paginate_queryset(notifications) or []
        return self.get_paginated_response(notification_representations(rows, self.member))

    @operation(
        id="count_unread_notifications",
        summary="Count the notifications that you have not seen",
        description="Those that the list has above the newest one that you have marked as seen, at most 100.",
        responses=UnseenCountSerializer,
        examples=[response_example({"count": 3, "more": False})],
        replica=True,
    )
    def count_unseen(self, request: Request) -> Response:
        """Count them."""
        unseen = unseen_count(self.member.pk)
        return Response({"count": min(unseen, COUNT_LIMIT), "more": unseen > COUNT_LIMIT})

    @operation(
        id="mark_notifications_seen",
        summary="Mark your notifications as seen",
        description="Send the newest one that you have displayed: it and all older ones are seen then. What came after "
        "you read the list stays unseen.",
        request=SeenSerializer,
        responses={204: OpenApiResponse(description="Done; nothing changes if they were seen already.")},
        examples=[request_example({name: NOTIFICATION[name] for name in ("id", "latest_at")})],
        errors=[NotFound],
    )
    def mark_seen(self, request: Request) -> Response:
        """Move the marker up to a notification."""
        data = self.validated_data()
        newest = get_object_or_404(Notification.objects.visible_to(self.member), pk=data["id"])
        seen_until = min(newest.latest_at, data.get("latest_at", newest.latest_at))
        with transaction.atomic():
            if SeenMarker.objects.move(self.member, seen_until):
                update_badges_later(self.member, seen_until)
        return Response(status=204)
