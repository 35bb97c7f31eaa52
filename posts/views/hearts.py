"""/hearts and /posts/{post_id}/hearts."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models.member import MemberQuerySet
from accounts.profiles.views.follows_and_blocks import LIST as MEMBER_LIST
from accounts.profiles.views.follows_and_blocks import RelationViewSet
from libs.api.operations import operation
from libs.throttling.throttles import rate_limit
from posts.models import Heart, Post
from posts.views.marks import DONE, LIST, PostMarkViewSet


class HeartViewSet(PostMarkViewSet):
    """The member's hearts."""

    @operation(id="list_hearts", summary="List the posts to which you gave a heart", **LIST)
    def list(self, request: Request) -> HttpResponse:
        """List them, newest heart first."""
        return self.page(Heart.objects.all())

    @operation(
        id="give_heart",
        summary="Give a post a heart",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("heart-member", by="member")],
    )
    def update(self, request: Request, post_id: int) -> Response:
        """Give a heart, if not done yet."""
        Heart.objects.give(post_id, self.member)
        return Response(status=204)

    @operation(
        id="take_heart_back",
        summary="Take a heart back",
        responses=DONE,
        rate_limits=[rate_limit("heart-member", by="member")],
    )
    def destroy(self, request: Request, post_id: int) -> Response:
        """Take the heart back, if there is one."""
        Heart.objects.take_back(post_id, self.member)
        return Response(status=204)


class PostHeartViewSet(RelationViewSet):
    """Hearts of a post."""

    @operation(id="list_post_hearts", summary="List who gave a post a heart", replica=True, **MEMBER_LIST)
    def list(self, request: Request, post_id: int) -> HttpResponse:
        """List the visible members, newest heart first."""
        post = get_object_or_404(Post.objects.visible_to(self.member).only("pk"), pk=post_id)
        visible = MemberQuerySet.visibility_condition(self.member, key="owner_id", path="owner__")
        return self.page(Heart.objects.filter(visible, post=post), "owner")
