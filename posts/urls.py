"""The addresses of this room, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (makes <id:...> known)
from posts.views.own_posts import OwnPostsViewSet
from posts.views.posts import PostViewSet

urlpatterns = [
    path("posts", PostViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "posts/<id:post_id>", PostViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
    ),
    path("posts/<id:post_id>/edits", OwnPostsViewSet.as_view({"get": "edits"})),
    path("me/posts/deletion", OwnPostsViewSet.as_view({"post": "delete_all"})),
]
