"""URLs of reports, decisions and appeals, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (makes <id:...> known)
from moderation.views.appeals import AppealViewSet, DecisionViewSet
from moderation.views.reports import ReportViewSet

urlpatterns = [
    path("reports", ReportViewSet.as_view({"get": "list", "post": "create"})),
    path("reports/<id:report_id>", ReportViewSet.as_view({"get": "retrieve"})),
    path("me/decisions", DecisionViewSet.as_view({"get": "list"})),
    path("appeals", AppealViewSet.as_view({"get": "list", "post": "create"})),
    path("appeals/<id:appeal_id>", AppealViewSet.as_view({"get": "retrieve"})),
]
