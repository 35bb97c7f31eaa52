"""/me/posts/deletion: deleting all of one's own posts."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.credentials.serializers import PasswordConfirmSerializer
from accounts.errors import PasswordResetRequired, PasswordWrong, TooManyGuesses
from accounts.models import Member
from accounts.sessions import login
from libs.api.openapi_examples import request_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.throttling.throttles import rate_limit
from posts.models import Post


class MyPostsViewSet(StrictViewSet):
    """All of one's own posts."""

    @operation(
        id="delete_all_posts",
        summary="Delete all your posts",
        description="Hides them from everybody at once; soon after, they and their images are deleted for good. What "
        "you publish from now on stays, and so does your account.",
        request=PasswordConfirmSerializer,
        responses={202: OpenApiResponse(description="Nobody sees them any more.")},
        examples=[request_example({"password": "a long enough password"})],
        rate_limits=[rate_limit("password-member", by="member")],
        errors=[PasswordWrong, TooManyGuesses, PasswordResetRequired],
    )
    def delete_all(self, request: Request) -> Response:
        """Delete all posts, with the password as confirmation."""
        member = get_object_or_404(Member, pk=self.member.pk)
        login.confirm_password(member, self.validated_data()["password"])
        Post.objects.hide_all_of(member)
        return Response(status=202)
