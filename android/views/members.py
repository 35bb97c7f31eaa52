"""member/*: profiles, avatars, blocks, reports, and leaving."""

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Block, Member
from accounts.models.member import MemberQuerySet
from accounts.profiles.counts import profile_counts
from android.errors import AlreadyBlocking, NotTheMember
from android.parsers import AppFormParser
from android.representations import member, member_values, picture_url
from android.response_serializers import (
    AvatarAnswerSerializer,
    BlockedListSerializer,
    PairAnswerSerializer,
    ProfileAnswerSerializer,
)
from android.serializers import ActorSerializer, AvatarSerializer, TargetSerializer
from android.views.base import AppViewSet
from libs.api.errors import NotFound
from libs.api.operations import operation
from libs.throttling.throttles import enforce_rate_limit, rate_limit
from media.uploads import accepted_images, mark_stored
from moderation.reporting import report_member

# The app takes the list whole. No thumb blocks so many, and a machine would make us write all of a large town.
BLOCKS_SHOWN = 5_000
RELATIONS = [rate_limit("relation-member", by="member")]


class AppMemberViewSet(AppViewSet):
    """What one member sees of others and does to them."""

    @operation(summary="Look at a member", query=ActorSerializer, responses=ProfileAnswerSerializer, errors=[NotFound])
    def profile(self, request: Request) -> Response:
        """Oneself or another; the member named is the one looked at."""
        looked_at = self.validated_query()["member_id"]
        seen = Member.objects.visible_to(self.member)
        row = get_object_or_404(seen.values(**member_values()), pk=looked_at)
        shown = member(row, self.member.pk)
        counted = profile_counts(Member(pk=looked_at), self.member)
        return Response(
            {"member_id": shown.pop("id"), **shown}
            | {
                "post_size": counted["posts"],
                "follower_size": counted["followers"],
                "following_size": counted["following"],
            }
        )

    @operation(
        summary="Block a member", request=TargetSerializer, responses=PairAnswerSerializer, rate_limits=RELATIONS
    )
    def block(self, request: Request) -> Response:
        """Part the two."""
        target = self._target()
        if not self.member.block(target):
            raise AlreadyBlocking
        return self._pair(target)

    @operation(
        summary="Unblock a member", request=TargetSerializer, responses=PairAnswerSerializer, rate_limits=RELATIONS
    )
    def unblock(self, request: Request) -> Response:
        """Lifting a block that is not there is a success."""
        target = self._target()
        self.member.unblock(target)
        return self._pair(target)

    @operation(summary="List whom you block", query=ActorSerializer, responses=BlockedListSerializer)
    def blocking(self, request: Request) -> Response:
        """All of them at once, the newest first."""
        self.must_be(self.validated_query()["member_id"])
        blocks = Block.objects.filter(MemberQuerySet.is_standing("blocked__"), blocker=self.member.pk)
        rows = blocks.order_by("-created_at", "-id").values(**member_values("blocked__"))
        members = [member(row, self.member.pk) for row in rows[:BLOCKS_SHOWN]]
        return Response({"size": len(members), "members": members})

    @operation(
        summary="Report a member", request=TargetSerializer, responses=PairAnswerSerializer, errors=[NotTheMember]
    )
    def report(self, request: Request) -> Response:
        """The app sends no reason; reporting again is a success."""
        target_id = self.body_of_asker()["target_id"]
        # Not before: one of the app's two buttons names nobody, and its users must be left with reports that count.
        enforce_rate_limit("report-member", f"member:{self.member.pk}", request)
        report_member(self.member, target_id, reason="unspecified", text="")
        return Response({"member_id": self.member.pk, "target_id": target_id})

    @operation(summary="Leave", responses={204: OpenApiResponse(description="You are gone.")})
    @transaction.atomic
    def leave(self, request: Request, member_id: int) -> Response:
        """Withdraw; the access token is all that the app shows."""
        self.must_be(member_id)
        get_object_or_404(Member.objects.select_for_update(), pk=member_id).withdraw()
        return Response(status=204)

    def _target(self) -> Member:
        """Whoever stands; blocks are ignored, or nobody could block back."""
        target_id = self.body_of_asker()["target_id"]
        target: Member = get_object_or_404(Member.objects.standing(), pk=target_id)
        return target

    def _pair(self, target: Member) -> Response:
        return Response({"member_id": self.member.pk, "target_id": target.pk})


class AppAvatarViewSet(AppViewSet):
    """The picture a member shows of themselves."""

    parser_classes = (AppFormParser,)

    @operation(
        summary="Show yourself with a picture",
        request={"multipart/form-data": AvatarSerializer},
        responses={201: AvatarAnswerSerializer},
        rate_limits=[rate_limit("upload-member", by="member")],
        errors=[NotTheMember],
    )
    def upload(self, request: Request) -> Response:
        """Take the picture and show it; the one before is deleted."""
        file = self.body_of_asker()["file"]
        with accepted_images([file], owner=self.member) as (image,), transaction.atomic():
            mark_stored([image])
            self.member.show_with(image.pk)
        return Response({"member_id": self.member.pk, "avatar_url": picture_url(image.key)}, status=201)
