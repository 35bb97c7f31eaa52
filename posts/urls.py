"""The addresses of this room, below /api/v1/."""

from django.urls import path

import wire.paths  # noqa: F401  (makes <id:...> known)
from posts.views import PostViewSet

urlpatterns = [
    path("posts", PostViewSet.as_view({"get": "list", "post": "create"})),
    path("posts/<id:post_id>", PostViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
]
