"""URLs of posts, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (registers <id:...>)
from posts.views.my_posts import MyPostsViewSet
from posts.views.post_edits import PostEditViewSet
from posts.views.posts import PostViewSet

urlpatterns = [
    path("posts", PostViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "posts/<id:post_id>", PostViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
    ),
    path("posts/<id:post_id>/edits", PostEditViewSet.as_view({"get": "list"})),
    path("me/posts/deletion", MyPostsViewSet.as_view({"post": "delete_all"})),
]
