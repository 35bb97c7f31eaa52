"""URLs of reports, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (makes <id:...> known)
from moderation.views import ReportViewSet

urlpatterns = [
    path("reports", ReportViewSet.as_view({"get": "list", "post": "create"})),
    path("reports/<id:report_id>", ReportViewSet.as_view({"get": "retrieve"})),
]
