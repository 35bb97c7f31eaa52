"""/posts/{post_id}/comments and /comments: reading, writing and deleting comments."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import TextRefused
from comments.errors import CommentNotYours, CommentsClosed
from comments.models import Comment
from comments.openapi_examples import COMMENT, REPLY
from comments.representations import (
    comment_representation,
    compiled_comment,
    compiled_comments,
    compiled_replies,
    compiled_shown_comment,
    compiled_visible_post,
)
from comments.serializers import CommentCreateSerializer, CommentSerializer
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit
from posts.models import Post


class CommentPagesViewSet(StrictViewSet):
    """Pages of comments."""

    pagination_class = KeysetPagination

    def page(self, comments: Any) -> HttpResponse:
        """Return one page of a compiled list."""
        rows = self.paginate_queryset(comments) or []
        return self.get_paginated_response([comment_representation(row, self.member.pk) for row in rows])


class PostCommentViewSet(CommentPagesViewSet):
    """The comments of a post."""

    @operation(
        id="list_comments",
        summary="Read the comments of a post",
        description="Without replies, oldest first. A comment that was deleted, or that you may not read, stays as a "
        "placeholder while it has replies that you may read.",
        query_parameters=PAGE_PARAMETERS,
        responses=CommentSerializer(many=True),
        examples=[response_example(COMMENT)],
        errors=[InvalidCursor],
        replica=True,
    )
    def list(self, request: Request, post_id: int) -> HttpResponse:
        """Read one page of comments."""
        found = compiled_visible_post.rows(viewer=self.member.pk, post=post_id)
        if not found:
            raise Http404
        return self.page(compiled_comments(viewer=self.member.pk, post=post_id, **found[0]))

    @operation(
        id="create_comment",
        summary="Comment on a post",
        request=CommentCreateSerializer,
        responses={201: CommentSerializer},
        examples=[
            request_example({"text": REPLY["text"], "reply_to": REPLY["reply_to"]}),
            response_example(REPLY, 201),
        ],
        rate_limits=[rate_limit("comment-member", by="member")],
        errors=[TextRefused, CommentsClosed],
        idempotent=True,
    )
    @transaction.atomic
    def create(self, request: Request, post_id: int) -> Response:
        """Comment, or reply to a comment."""
        data = self.validated_data()
        visible = Post.objects.visible_to(self.member).select_for_update(of=("self",), no_key=True)
        post = get_object_or_404(visible, pk=post_id)
        comment = Comment.objects.publish(post=post, author=self.member, **data)
        (row,) = compiled_comment.rows(viewer=self.member.pk, comment=comment.pk)
        return Response(comment_representation(row, self.member.pk), status=201)


class CommentViewSet(CommentPagesViewSet):
    """One comment."""

    @operation(
        id="get_comment",
        summary="Read a comment",
        description="A comment or a reply, as lists show it: also as a placeholder while it has replies that you may "
        "read.",
        responses=CommentSerializer,
        examples=[response_example(REPLY)],
        replica=True,
    )
    def retrieve(self, request: Request, comment_id: int) -> Response:
        """Read one comment."""
        found = compiled_comment.rows(viewer=self.member.pk, comment=comment_id)
        if not found:
            raise Http404
        return Response(comment_representation(found[0], self.member.pk))

    @operation(
        id="list_replies",
        summary="Read the replies to a comment",
        description="Oldest first. A reply has none.",
        query_parameters=PAGE_PARAMETERS,
        responses=CommentSerializer(many=True),
        examples=[response_example(REPLY)],
        errors=[InvalidCursor],
        replica=True,
    )
    def replies(self, request: Request, comment_id: int) -> HttpResponse:
        """Read one page of replies."""
        found = compiled_shown_comment.rows(viewer=self.member.pk, comment=comment_id)
        if not found:
            raise Http404
        return self.page(compiled_replies(viewer=self.member.pk, comment=comment_id, **found[0]))

    @operation(
        id="delete_comment",
        summary="Delete your comment, or one on your post",
        description="A comment with replies leaves a placeholder, which goes with the last reply.",
        responses={204: OpenApiResponse(description="It is deleted for good.")},
        errors=[CommentNotYours],
    )
    def destroy(self, request: Request, comment_id: int) -> Response:
        """Delete a comment."""
        visible = Comment.objects.visible_to(self.member).select_related("post")
        comment = get_object_or_404(visible, pk=comment_id)
        if not comment.may_be_deleted_by(self.member):
            raise CommentNotYours
        Comment.objects.erase([comment.pk])
        return Response(status=204)
