"""URLs of posts, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (registers <id:...>)
from posts.views.hearts import HeartViewSet, PostHeartViewSet
from posts.views.my_posts import MyPostsViewSet
from posts.views.post_edits import PostEditViewSet
from posts.views.posts import PostViewSet
from posts.views.saved_posts import SavedPostViewSet
from posts.views.shares import PostShareViewSet

urlpatterns = [
    path("posts", PostViewSet.as_view({"get": "list", "post": "create"})),
    path(
        "posts/<id:post_id>", PostViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"})
    ),
    path("posts/<id:post_id>/edits", PostEditViewSet.as_view({"get": "list"})),
    path("posts/<id:post_id>/hearts", PostHeartViewSet.as_view({"get": "list"})),
    path(
        "posts/<id:post_id>/share",
        PostShareViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
    ),
    path("hearts", HeartViewSet.as_view({"get": "list"})),
    path("hearts/<id:post_id>", HeartViewSet.as_view({"put": "update", "delete": "destroy"})),
    path("saved", SavedPostViewSet.as_view({"get": "list"})),
    path("saved/<id:post_id>", SavedPostViewSet.as_view({"put": "update", "delete": "destroy"})),
    path("me/posts/deletion", MyPostsViewSet.as_view({"post": "delete_all"})),
]
