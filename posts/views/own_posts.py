"""/posts/{id}/edits and /me/posts: what only the writer reads and does."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import PasswordWrong, TooManyGuesses
from accounts.models import Member
from accounts.serializers import PasswordConfirmSerializer
from accounts.sessions import login
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit
from posts.errors import NotYours
from posts.models import Post
from posts.serializers import PostEditSerializer

EDIT = {"text": "First snow of the year.", "edited_at": "2026-11-24T09:05:00.654321Z"}


class EditPagination(KeysetPagination):
    """By when the words were changed."""

    columns = ("edited_at", "id")


class OwnPostsViewSet(StrictViewSet):
    """What a member has written, for themselves."""

    pagination_class = EditPagination

    @operation(
        summary="Read what your post said before",
        description="One entry for each change, the latest first; the first words are those of the last entry.",
        query_parameters=PAGE_PARAMETERS,
        responses=PostEditSerializer(many=True),
        examples=[response_example(EDIT)],
        errors=[InvalidCursor, NotYours],
    )
    def edits(self, request: Request, post_id: int) -> Response:
        """One page of a post's history."""
        post = get_object_or_404(Post.objects.visible_to(self.member), pk=post_id)
        if not post.may_be_edited_by(self.member):
            raise NotYours
        page = self.paginate_queryset(post.edits.order_by("-edited_at", "-id").values("id", "text", "edited_at")) or []
        return self.get_paginated_response([{"text": row["text"], "edited_at": row["edited_at"]} for row in page])

    @operation(
        summary="Delete all your posts",
        description="Hides them from everybody, this second; posts and pictures are deleted soon after, for good. What "
        "you publish from now on stays, and so does your account.",
        request=PasswordConfirmSerializer,
        responses={202: OpenApiResponse(description="They are gone for everybody.")},
        examples=[request_example({"password": "a long enough password"})],
        rate_limits=[rate_limit("password-member", by="member")],
        errors=[PasswordWrong, TooManyGuesses],
    )
    def delete_all(self, request: Request) -> Response:
        """Take back everything said, with the password as confirmation."""
        member = get_object_or_404(Member, pk=self.member.pk)
        login.confirm(member, self.validated_data()["password"])
        Post.objects.hide_all_of(member)
        return Response(status=202)
