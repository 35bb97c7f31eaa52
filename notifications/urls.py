"""URLs of notifications, below /api/v1/."""

from django.urls import path

from notifications.views.notifications import NotificationViewSet
from notifications.views.push_subscription import PushSubscriptionViewSet
from notifications.views.settings import NotificationSettingsViewSet

urlpatterns = [
    path("notifications", NotificationViewSet.as_view({"get": "list"})),
    path("notifications/unread", NotificationViewSet.as_view({"get": "count_unseen"})),
    path("notifications/seen", NotificationViewSet.as_view({"put": "mark_seen"})),
    path("notifications/settings", NotificationSettingsViewSet.as_view({"get": "retrieve", "patch": "partial_update"})),
    path("push-subscription", PushSubscriptionViewSet.as_view({"put": "replace", "delete": "destroy"})),
    path("push-subscriptions", PushSubscriptionViewSet.as_view({"get": "list"})),
]
