"""member/*: profiles, avatars, blocks, reports and withdrawal."""

from django.db import transaction
from django.db.models import CharField, Value
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Member
from accounts.profiles.blocks import NICKNAME, blocks_of
from accounts.profiles.counts import profile_counts
from android.errors import AlreadyBlocking, NotTheMember
from android.representations import app_image_url, app_member_representation, app_member_values
from android.response_serializers import (
    AvatarAnswerSerializer,
    BlockedListSerializer,
    PairAnswerSerializer,
    ProfileAnswerSerializer,
)
from android.serializers import ActorSerializer, AvatarSerializer, TargetSerializer
from android.views.base import AppFormViewSet, AppViewSet
from libs.api.errors import NotFound
from libs.api.operations import operation
from libs.throttling.throttles import enforce_rate_limit, rate_limit
from media.uploads import accepted_images, mark_stored
from moderation.reporting import report_member

# The app reads the list in one response. People block fewer than this; a script must not make the response endless.
BLOCKS_SHOWN = 5_000
# Address and avatar may change after the block, and that is hidden.
HIDDEN_EMAIL = Value("@***")
NO_AVATAR = Value(None, CharField())
RELATIONS = [rate_limit("relation-member", by="member")]


class AppMemberViewSet(AppViewSet):
    """Profiles, blocks, reports and withdrawal."""

    @operation(
        summary="Get a member's profile",
        query=ActorSerializer,
        responses=ProfileAnswerSerializer,
        errors=[NotFound],
        replica=True,
    )
    def profile(self, request: Request) -> Response:
        """Return the profile of the named member, who may be oneself."""
        member_id = self.validated_query()["member_id"]
        seen = Member.objects.visible_to(self.member)
        row = get_object_or_404(seen.values(**app_member_values()), pk=member_id)
        profile = app_member_representation(row, self.member.pk)
        counts = profile_counts(Member(pk=member_id), self.member)
        return Response(
            {"member_id": profile.pop("id"), **profile}
            | {
                "post_size": counts["posts"],
                "follower_size": counts["followers"],
                "following_size": counts["following"],
            }
        )

    @operation(
        summary="Block a member", request=TargetSerializer, responses=PairAnswerSerializer, rate_limits=RELATIONS
    )
    def block(self, request: Request) -> Response:
        """Block the other member."""
        target = self._target()
        if not self.member.block(target):
            raise AlreadyBlocking
        return self._pair(target)

    @operation(
        summary="Unblock a member", request=TargetSerializer, responses=PairAnswerSerializer, rate_limits=RELATIONS
    )
    def unblock(self, request: Request) -> Response:
        """Unblock the other member; success also when there was no block."""
        target = self._target()
        self.member.unblock(target)
        return self._pair(target)

    @operation(summary="List whom you block", query=ActorSerializer, responses=BlockedListSerializer)
    def blocking(self, request: Request) -> Response:
        """Return all blocked members, the newest block first."""
        self.require_actor(self.validated_query()["member_id"])
        values = app_member_values("blocked__") | {
            "member_email": HIDDEN_EMAIL,
            "member_nickname": NICKNAME,
            "avatar_key": NO_AVATAR,
        }
        rows = blocks_of(self.member).order_by("-created_at", "-id").values(**values)
        members = [app_member_representation(row, self.member.pk) for row in rows[:BLOCKS_SHOWN]]
        return Response({"size": len(members), "members": members})

    @operation(
        summary="Report a member", request=TargetSerializer, responses=PairAnswerSerializer, errors=[NotTheMember]
    )
    def report(self, request: Request) -> Response:
        """Report a member without a reason, which the app does not send; a repeated report is a success."""
        target_id = self.data_without_actor()["target_id"]
        # Only after validation: one of the app's two buttons sends no member, which must not use up the limit.
        enforce_rate_limit("report-member", f"member:{self.member.pk}", request)
        report_member(self.member, target_id, reason="unspecified", text="")
        return Response({"member_id": self.member.pk, "target_id": target_id})

    @operation(
        summary="Withdraw the account", responses={204: OpenApiResponse(description="The account is withdrawn.")}
    )
    @transaction.atomic
    def leave(self, request: Request, member_id: int) -> Response:
        """Withdraw the account; the app sends no password."""
        self.require_actor(member_id)
        get_object_or_404(Member.objects.select_for_update(), pk=member_id).withdraw()
        return Response(status=204)

    def _target(self) -> Member:
        """Return the target, who may be anybody: the response must not tell who is gone from who blocks the member."""
        return Member(pk=self.data_without_actor()["target_id"])

    def _pair(self, target: Member) -> Response:
        return Response({"member_id": self.member.pk, "target_id": target.pk})


class AppAvatarViewSet(AppFormViewSet):
    """The avatar."""

    @operation(
        summary="Set the avatar",
        request={"multipart/form-data": AvatarSerializer},
        responses={201: AvatarAnswerSerializer},
        rate_limits=[rate_limit("upload-member", by="member")],
        errors=[NotTheMember],
        idempotent=True,
        stores_response=True,
    )
    def upload(self, request: Request) -> Response:
        """Set the avatar; the former image is deleted."""
        file = self.data_without_actor()["file"]
        with accepted_images([file], owner=self.member, request=request) as (image,), transaction.atomic():
            mark_stored([image])
            self.member.set_avatar(image.pk)
            return self.store_response(
                Response({"member_id": self.member.pk, "avatar_url": app_image_url(image.key)}, status=201)
            )
