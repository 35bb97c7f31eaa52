"""URLs of comments, below /api/v1/."""

from django.urls import path

import libs.api.path_converters  # noqa: F401  (registers <id:...>)
from comments.views.closures import CommentClosureViewSet
from comments.views.comments import CommentViewSet, PostCommentViewSet

urlpatterns = [
    path("posts/<id:post_id>/comments", PostCommentViewSet.as_view({"get": "list", "post": "create"})),
    path("posts/<id:post_id>/comments/closure", CommentClosureViewSet.as_view({"put": "update", "delete": "destroy"})),
    path("comments/<id:comment_id>", CommentViewSet.as_view({"get": "retrieve", "delete": "destroy"})),
    path("comments/<id:comment_id>/replies", CommentViewSet.as_view({"get": "replies"})),
]
