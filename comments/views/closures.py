"""/posts/{post_id}/comments/closure: whether a post takes comments, which its author decides."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from posts.errors import NotYours
from posts.models import Post

DONE: dict[str, Any] = {
    "responses": {204: OpenApiResponse(description="Done; nothing changes if it was so already.")},
    "errors": [NotYours],
}


class CommentClosureViewSet(StrictViewSet):
    """The closure of a post's comments."""

    def set_closed(self, post_id: int, is_closed: bool) -> Response:
        """Close or open the comments of one's own post."""
        post = get_object_or_404(Post.objects.visible_to(self.member), pk=post_id)
        if not post.may_be_edited_by(self.member):
            raise NotYours
        post.set_comments_closed(is_closed)
        return Response(status=204)

    @operation(
        id="close_comments",
        summary="Close the comments of your post",
        description="Nobody can add any; those that are there stay visible.",
        request=None,
        **DONE,
    )
    def update(self, request: Request, post_id: int) -> Response:
        """Close the comments."""
        return self.set_closed(post_id, True)

    @operation(id="open_comments", summary="Open the comments of your post again", **DONE)
    def destroy(self, request: Request, post_id: int) -> Response:
        """Open the comments again."""
        return self.set_closed(post_id, False)
