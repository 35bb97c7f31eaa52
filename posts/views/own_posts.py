"""/posts/{id}/edits and /me/posts: what only the writer reads and does."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import PasswordWrong, TooManyGuesses
from accounts.models import Member
from accounts.serializers import PasswordConfirmSerializer
from accounts.sessions import login
from libs.api.openapi_examples import answered, asked
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import KeysetPagination
from libs.throttling.throttles import limited
from posts.errors import NotYours
from posts.models import Post, PostEdit
from posts.serializers import PostEditSerializer

EDIT = {"text": "First snow of the year.", "edited_at": "2026-11-24T09:05:00.654321Z"}


class EditPagination(KeysetPagination):
    """By when the words were changed."""

    columns = ("edited_at", "id")


class OwnPostsViewSet(StrictViewSet):
    """What a member has written, for themselves."""

    queryset = PostEdit.objects.none()
    pagination_class = EditPagination  # type: ignore[assignment]
    parameters = {"edits": frozenset({"cursor", "limit"})}
    rates = {"delete_all": [limited("password-member", by="member")]}
    refusals = {"edits": [InvalidCursor, NotYours], "delete_all": [PasswordWrong, TooManyGuesses]}

    def get_serializer_class(self) -> Any:
        """Deleting everything asks for the password."""
        return PasswordConfirmSerializer if self.action == "delete_all" else PostEditSerializer

    @extend_schema(
        summary="Read what your post said before",
        description="One entry for each change, the latest first; the first words are those of the last entry.",
        responses=PostEditSerializer(many=True),
        examples=[answered(EDIT)],
    )
    def edits(self, request: Request, post_id: int) -> Response:
        """One page of a post's history."""
        post = get_object_or_404(Post.objects.visible_to(self.asker), pk=post_id)
        if not post.may_be_edited_by(self.asker):
            raise NotYours
        page = self.paginate_queryset(post.edits.order_by("-edited_at", "-id").values("id", "text", "edited_at")) or []
        return self.get_paginated_response([{"text": row["text"], "edited_at": row["edited_at"]} for row in page])

    @extend_schema(
        summary="Delete all your posts",
        description="Hides them from everybody, this second; posts and pictures are deleted soon after, for good. What "
        "you publish from now on stays, and so does your account.",
        responses={202: OpenApiResponse(description="They are gone for everybody.")},
        examples=[asked({"password": "a long enough password"})],
    )
    def delete_all(self, request: Request) -> Response:
        """Take back everything said, with the password as confirmation."""
        member = get_object_or_404(Member, pk=self.asker.pk)
        login.confirm(member, self.taken()["password"])
        Post.objects.delete_all_of(member)
        return Response(status=202)
