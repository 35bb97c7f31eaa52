"""/members: search and profiles; sign-up is in accounts/signup/views.py."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request

from accounts.models import Member
from accounts.openapi_examples import MINA, PROFILE
from accounts.profiles.representations import member_summary, member_summary_values, profile_representation
from accounts.profiles.serializers import MemberSearchSerializer, MemberSummarySerializer, ProfileSerializer
from accounts.signup.views import SignUpMixin
from libs.api.conditional_requests import etag_response
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit


class MemberViewSet(SignUpMixin, StrictViewSet):
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
        replica=True,
    )
    def list(self, request: Request) -> HttpResponse:
        """List one page of the members found."""
        members = Member.objects.visible_to(self.member).search_nickname(self.validated_query()["search"])
        rows = members.order_by("-created_at", "-id").values("id", "created_at", **member_summary_values(self.member))
        return self.get_paginated_response([member_summary(row) for row in self.paginate_queryset(rows) or []])

    @operation(
        id="get_member",
        summary="Get a member's profile",
        responses=ProfileSerializer,
        examples=[response_example(PROFILE)],
        etag=True,
        replica=True,
    )
    def retrieve(self, request: Request, member_id: int) -> HttpResponse:
        """Get a visible member's profile."""
        member = get_object_or_404(Member.objects.visible_to(self.member), pk=member_id)
        return etag_response(request, profile_representation(member, self.member))
