"""URLs of images, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (registers <id:...>)
from media.views import ImageViewSet

urlpatterns = [
    path("images", ImageViewSet.as_view({"post": "create"})),
    path(
        "images/<id:image_id>",
        ImageViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
    ),
]
