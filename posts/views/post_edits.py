"""/posts/{post_id}/edits: former texts of a post, for its author."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from posts.errors import NotYours
from posts.models import Post
from posts.openapi_examples import POST_EDIT
from posts.serializers import PostEditSerializer


class PostEditPagination(KeysetPagination):
    """Pages by the time of the edit."""

    columns = ("edited_at", "id")


class PostEditViewSet(StrictViewSet):
    """Former texts of a post."""

    pagination_class = PostEditPagination

    @operation(
        id="list_post_edits",
        summary="Read the former texts of your post",
        description="One entry for each edit, the latest first; the last entry is the text that was published.",
        query_parameters=PAGE_PARAMETERS,
        responses=PostEditSerializer(many=True),
        examples=[response_example(POST_EDIT)],
        errors=[InvalidCursor, NotYours],
    )
    def list(self, request: Request, post_id: int) -> HttpResponse:
        """Read one page of a post's former texts."""
        post = get_object_or_404(Post.objects.visible_to(self.member), pk=post_id)
        if not post.may_be_edited_by(self.member):
            raise NotYours
        rows = self.paginate_queryset(post.edits.order_by("-edited_at", "-id").values("id", "text", "edited_at")) or []
        return self.get_paginated_response([{"text": row["text"], "edited_at": row["edited_at"]} for row in rows])
