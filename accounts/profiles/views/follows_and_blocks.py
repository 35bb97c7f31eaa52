"""/follows, /blocks, /mutes and the lists of followers and followed members."""

from typing import Any

from django.db.models import BigIntegerField, QuerySet, Value
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotOneself, TooManyFollows
from accounts.models import Member
from accounts.openapi_examples import RELATION
from accounts.permissions import TermsAccepted
from accounts.profiles.blocks import NICKNAME, blocks_of
from accounts.profiles.follows import followed_by, followers_of
from accounts.profiles.mutes import mutes_of
from accounts.profiles.representations import member_summary, member_summary_values
from accounts.profiles.serializers import RelatedMemberSerializer
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit

NO_AVATAR = Value(None, BigIntegerField())
DONE = {204: OpenApiResponse(description="Done; nothing changes if it was so already.")}
LIST: dict[str, Any] = {
    "responses": RelatedMemberSerializer(many=True),
    "examples": [response_example(RELATION)],
    "query_parameters": PAGE_PARAMETERS,
    "errors": [InvalidCursor],
}


class RelationViewSet(StrictViewSet):
    """Pages of related members."""

    pagination_class = KeysetPagination

    def page(self, relations: QuerySet[Any], column: str, **values: Any) -> HttpResponse:
        """Return one page, newest first; `column` is the foreign key to the members that are listed.

        `values` replace what is selected of them.
        """
        columns = member_summary_values(self.member, f"{column}__") | values
        rows = relations.order_by("-created_at", "-id").values("id", "created_at", **columns)
        page = self.paginate_queryset(rows) or []
        results = [{"member": member_summary(row), "since": row["created_at"]} for row in page]
        return self.get_paginated_response(results)


class FollowViewSet(StrictViewSet):
    """Following and unfollowing."""

    @operation(
        id="follow_member",
        summary="Follow a member",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("relation-member", by="member")],
        errors=[NotOneself, TooManyFollows],
    )
    def update(self, request: Request, member_id: int) -> Response:
        """Follow a member, if not done yet."""
        self.member.follow(Member(pk=member_id))
        return Response(status=204)

    @operation(id="unfollow_member", summary="Unfollow a member", responses=DONE)
    def destroy(self, request: Request, member_id: int) -> Response:
        """Stop following a member, if at all."""
        self.member.unfollow(get_object_or_404(Member.objects.visible_to(self.member), pk=member_id))
        return Response(status=204)


class MemberFollowViewSet(RelationViewSet):
    """Followers and followed members of a member."""

    def get_member(self, member_id: int) -> Member:
        """Return the member, or 404 for one who is not visible."""
        member: Member = get_object_or_404(Member.objects.visible_to(self.member), pk=member_id)
        return member

    @operation(id="list_followers", summary="List a member's followers", replica=True, **LIST)
    def followers(self, request: Request, member_id: int) -> HttpResponse:
        """List the visible ones, newest first."""
        return self.page(followers_of(self.get_member(member_id), self.member), "follower")

    @operation(id="list_following", summary="List whom a member follows", replica=True, **LIST)
    def following(self, request: Request, member_id: int) -> HttpResponse:
        """List the visible ones, newest first."""
        return self.page(followed_by(self.get_member(member_id), self.member), "followed")


class BlockViewSet(RelationViewSet):
    """Members whom the member blocks."""

    @operation(
        id="list_blocks",
        summary="List whom you block",
        description="The nickname is the one that you saw last, and the avatar is null, whatever became of the member.",
        **LIST,
    )
    def list(self, request: Request) -> HttpResponse:
        """List the blocked members, newest block first."""
        return self.page(blocks_of(self.member), "blocked", member_nickname=NICKNAME, avatar_image_id=NO_AVATAR)

    @operation(
        id="block_member",
        summary="Block a member",
        description="Hides the two members from each other and deletes their follows. A repetition changes nothing. "
        "The response is the same for members who block you, and for ids that nobody has.",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("relation-member", by="member")],
        errors=[NotOneself],
        exempt_from=[TermsAccepted],
    )
    def update(self, request: Request, member_id: int) -> Response:
        """Block a member."""
        self.member.block(Member(pk=member_id))
        return Response(status=204)

    @operation(id="unblock_member", summary="Unblock a member", responses=DONE, exempt_from=[TermsAccepted])
    def destroy(self, request: Request, member_id: int) -> Response:
        """Unblock a member; follows are not restored."""
        self.member.unblock(Member(pk=member_id))
        return Response(status=204)


class MuteViewSet(RelationViewSet):
    """Members whom the member mutes."""

    @operation(
        id="list_mutes",
        summary="List whom you mute",
        **LIST,
    )
    def list(self, request: Request) -> HttpResponse:
        """List the visible ones, newest first."""
        return self.page(mutes_of(self.member), "muted")

    @operation(
        id="mute_member",
        summary="Mute a member",
        description="Their posts leave your feeds and searches. You still see their profile and the posts there, and "
        "they notice nothing.",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("relation-member", by="member")],
        errors=[NotOneself],
        exempt_from=[TermsAccepted],
    )
    def update(self, request: Request, member_id: int) -> Response:
        """Mute a member, if not done yet."""
        self.member.mute(Member(pk=member_id))
        return Response(status=204)

    @operation(id="unmute_member", summary="Unmute a member", responses=DONE, exempt_from=[TermsAccepted])
    def destroy(self, request: Request, member_id: int) -> Response:
        """Unmute a member."""
        self.member.unmute(Member(pk=member_id))
        return Response(status=204)
