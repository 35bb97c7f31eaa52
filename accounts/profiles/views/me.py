"""/me: the member's own profile, avatar and terms."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import TermsOutdated, TextRefused
from accounts.models import Member
from accounts.openapi_examples import MINA, OWN_PROFILE
from accounts.permissions import TermsAccepted
from accounts.profiles.representations import own_profile_representation
from accounts.profiles.serializers import (
    AvatarUpdateSerializer,
    OwnProfileSerializer,
    ProfileChangeSerializer,
    TermsAcceptanceSerializer,
)
from accounts.viewsets import OwnAccountViewSet
from libs.api.conditional_requests import check_preconditions, compute_etag, etag_response
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from media.errors import ImageNotUsable


class MeViewSet(OwnAccountViewSet):
    """The logged-in member."""

    def lock_member(self) -> Member:
        """Return the member, locked; raise PreconditionFailed unless If-Match names the current profile."""
        # no_key, so that the member can create posts and images meanwhile.
        member: Member = get_object_or_404(Member.objects.select_for_update(no_key=True), pk=self.member.pk)
        check_preconditions(self.request, lambda: own_profile_representation(member))
        return member

    @operation(
        id="get_my_profile",
        summary="Get your own profile",
        responses=OwnProfileSerializer,
        examples=[response_example(OWN_PROFILE)],
        etag=True,
    )
    def retrieve(self, request: Request) -> HttpResponse:
        """Get the member's own profile."""
        return etag_response(request, own_profile_representation(self.me()))

    @operation(
        id="update_my_profile",
        summary="Change your profile",
        description="Changes only the fields that are sent.",
        request=ProfileChangeSerializer,
        responses=OwnProfileSerializer,
        examples=[
            request_example({"nickname": "Mina", "about": "Two children, one garden."}),
            response_example(OWN_PROFILE),
        ],
        errors=[TextRefused],
        if_match=True,
    )
    def partial_update(self, request: Request) -> Response:
        """Change name, nickname or about."""
        data = self.validated_data(self.me())
        with transaction.atomic():
            member = self.lock_member()
            member.change_profile(**data)
            profile = own_profile_representation(member)
        return Response(profile, headers={"ETag": compute_etag(profile)})

    @operation(
        id="set_avatar",
        summary="Set your avatar",
        description="Takes an uploaded image that no post or avatar uses; the former avatar is deleted.",
        request=AvatarUpdateSerializer,
        responses=OwnProfileSerializer,
        examples=[request_example({"image_id": MINA["id"]}), response_example(OWN_PROFILE)],
        errors=[ImageNotUsable],
        if_match=True,
    )
    def set_avatar(self, request: Request) -> Response:
        """Set the avatar."""
        image_id = self.validated_data()["image_id"]
        with transaction.atomic():
            member = self.lock_member()
            member.set_avatar(image_id)
        return Response(own_profile_representation(member))

    @operation(
        id="delete_avatar",
        summary="Remove your avatar",
        responses={204: OpenApiResponse(description="There is no avatar any more.")},
        if_match=True,
    )
    def delete_avatar(self, request: Request) -> Response:
        """Remove the avatar, if any."""
        with transaction.atomic():
            self.lock_member().remove_avatar()
        return Response(status=204)

    @operation(
        id="accept_terms",
        summary="Accept the terms",
        description="When the terms change, writing answers 403 `terms_not_accepted` until the current version is "
        "accepted. A repetition changes nothing.",
        request=TermsAcceptanceSerializer,
        responses={204: OpenApiResponse(description="The terms are accepted.")},
        examples=[request_example({"version": "2026-11-01"})],
        errors=[TermsOutdated],
        exempt_from=[TermsAccepted],
    )
    def accept_terms(self, request: Request) -> Response:
        """Accept the current terms."""
        self.me().accept_terms(self.validated_data()["version"])
        return Response(status=204)
