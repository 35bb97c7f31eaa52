"""/follows, /blocks and the lists of who follows whom."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotOneself
from accounts.models import Block, Member
from accounts.models.member import MemberQuerySet
from accounts.openapi_examples import RELATION
from accounts.permissions import TermsAccepted
from accounts.profiles.profiles import followed_by, followers_of
from accounts.profiles.representations import member_summary, member_summary_values
from accounts.profiles.serializers import RelatedMemberSerializer
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit

DONE = {204: OpenApiResponse(description="It is so, whether or not it was before.")}
LIST: dict[str, Any] = {
    "responses": RelatedMemberSerializer(many=True),
    "examples": [response_example(RELATION)],
    "query_parameters": PAGE_PARAMETERS,
    "errors": [InvalidCursor],
}


class RelationViewSet(StrictViewSet):
    """Pages of members in some relation to another."""

    pagination_class = KeysetPagination

    def page(self, relations: QuerySet[Any], who: str) -> Response:
        """One page, the newest relation first; `who` is the end of the relation that is shown."""
        columns = member_summary_values(self.member, f"{who}__")
        rows = relations.order_by("-created_at", "-id").values("id", "created_at", **columns)
        page = self.paginate_queryset(rows) or []
        shown = [{"member": member_summary(row), "since": row["created_at"]} for row in page]
        return self.get_paginated_response(shown)


class FollowViewSet(StrictViewSet):
    """Following and unfollowing."""

    @operation(
        id="follow_member",
        summary="Follow a member",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("relation-member", by="member")],
        errors=[NotOneself],
    )
    def update(self, request: Request, member_id: int) -> Response:
        """Following twice changes nothing."""
        self.member.follow(Member(pk=member_id))
        return Response(status=204)

    @operation(id="unfollow_member", summary="Unfollow a member", responses=DONE)
    def destroy(self, request: Request, member_id: int) -> Response:
        """Unfollowing a stranger changes nothing."""
        self.member.unfollow(get_object_or_404(Member.objects.visible_to(self.member), pk=member_id))
        return Response(status=204)


class MemberFollowViewSet(RelationViewSet):
    """Whom another member reads, and who reads them."""

    def other(self, member_id: int) -> Member:
        """The member looked at, among those the asker may see."""
        other: Member = get_object_or_404(Member.objects.visible_to(self.member), pk=member_id)
        return other

    @operation(id="list_followers", summary="List a member's followers", **LIST)
    def followers(self, request: Request, member_id: int) -> Response:
        """Those the asker may see."""
        return self.page(followers_of(self.other(member_id), self.member), "follower")

    @operation(id="list_following", summary="List whom a member follows", **LIST)
    def following(self, request: Request, member_id: int) -> Response:
        """Those the asker may see."""
        return self.page(followed_by(self.other(member_id), self.member), "followed")


class BlockViewSet(RelationViewSet):
    """Whom the asker does not want to see."""

    def target(self, member_id: int) -> Member:
        """Whoever stands; blocks are ignored, or nobody could block back."""
        other: Member = get_object_or_404(Member.objects.active(), pk=member_id)
        return other

    @operation(id="list_blocks", summary="List whom you block", **LIST)
    def list(self, request: Request) -> Response:
        """The newest first."""
        return self.page(
            Block.objects.filter(MemberQuerySet.active_condition("blocked__"), blocker=self.member.pk), "blocked"
        )

    @operation(
        id="block_member",
        summary="Block a member",
        description="Hides both from each other everywhere and ends their follows. Blocking twice changes nothing.",
        request=None,
        responses=DONE,
        rate_limits=[rate_limit("relation-member", by="member")],
        errors=[NotOneself],
        exempt_from=[TermsAccepted],
    )
    def update(self, request: Request, member_id: int) -> Response:
        """Part the two."""
        self.member.block(self.target(member_id))
        return Response(status=204)

    @operation(id="unblock_member", summary="Unblock a member", responses=DONE, exempt_from=[TermsAccepted])
    def destroy(self, request: Request, member_id: int) -> Response:
        """Follows do not come back by themselves."""
        self.member.unblock(self.target(member_id))
        return Response(status=204)
