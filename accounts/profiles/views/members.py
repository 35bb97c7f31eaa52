"""/members: sign-up, search and profiles."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import EmailTaken, ProofInvalid, TermsOutdated
from accounts.models import Member
from accounts.openapi_examples import MINA, PAIR, PROFILE
from accounts.profiles.representations import member_summary, member_summary_values, profile_representation
from accounts.profiles.serializers import MemberSearchSerializer, MemberSummarySerializer, ProfileSerializer
from accounts.sessions import rotation
from accounts.sessions.authentication import V1_AUDIENCE
from accounts.sessions.representations import token_pair_representation
from accounts.sessions.serializers import TokenPairSerializer
from accounts.signup import registration
from accounts.signup.serializers import SignUpSerializer
from libs.api.conditional_requests import etag_response
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.throttles import rate_limit

SIGN_UP = {
    "proof": "eyJpZCI6MTIsIm5vbmNlIjoiM2YifQ:1wAbCd:c2lnbmF0dXJl",
    "password": "a long enough password",
    "name": "Kim Mina",
    "nickname": "Mina",
    "terms_version": "2026-11-01",
    "device": "Mina's phone",
}


class MemberViewSet(StrictViewSet):
    """Sign-up, and members who are visible to the member."""

    pagination_class = KeysetPagination

    @operation(
        id="search_members",
        summary="Search members by nickname",
        description="Members you may see, the newest first.",
        query=MemberSearchSerializer,
        query_parameters=PAGE_PARAMETERS,
        responses=MemberSummarySerializer(many=True),
        examples=[response_example(MINA)],
        rate_limits=[rate_limit("search-member", by="member")],
        errors=[InvalidCursor],
    )
    def list(self, request: Request) -> Response:
        """List one page of the members found."""
        found = Member.objects.visible_to(self.member).search_nickname(self.validated_query()["search"])
        rows = found.order_by("-created_at", "-id").values("id", "created_at", **member_summary_values(self.member))
        return self.get_paginated_response([member_summary(row) for row in self.paginate_queryset(rows) or []])

    @operation(
        id="sign_up",
        public=True,
        summary="Sign up",
        description="Creates the member and logs this device in. After a refused sign-up the proof is still valid.",
        request=SignUpSerializer,
        responses={201: TokenPairSerializer},
        examples=[request_example(SIGN_UP), response_example(PAIR, 201)],
        rate_limits=[rate_limit("sign-up-address")],
        errors=[ProofInvalid, TermsOutdated, EmailTaken],
    )
    def create(self, request: Request) -> Response:
        """Sign up and log in."""
        data = self.validated_data()
        device = data.pop("device")
        with transaction.atomic():
            member = registration.sign_up(**data, language=get_language() or "en")
            pair = rotation.start_session(
                member, audience=V1_AUDIENCE, device=device, network=coarse_network_of(client_address(request))
            )
        return Response(token_pair_representation(pair), status=201)

    @operation(
        id="get_member",
        summary="Get a member's profile",
        responses=ProfileSerializer,
        examples=[response_example(PROFILE)],
        etag=True,
    )
    def retrieve(self, request: Request, member_id: int) -> HttpResponse:
        """Get a visible member's profile."""
        member = get_object_or_404(Member.objects.visible_to(self.member), pk=member_id)
        return etag_response(request, profile_representation(member, self.member))
