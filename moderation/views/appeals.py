"""/appeals and /me/decisions: decisions about the member, and their appeals against them."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.permissions import TermsAccepted
from libs.api.errors import NotFound
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit
from moderation.appeals import appeal
from moderation.decision_lists import decision_representations
from moderation.errors import AppealNotPossible
from moderation.models import Appeal, Decision
from moderation.serializers import AppealCreateSerializer, AppealSerializer, DecisionSerializer

APPEAL = {
    "id": "7420161044182237999",
    "decision_id": "7420161044182237555",
    "text": "It is no advertisement, but my own garden.",
    "state": "open",
    "created_at": "2026-11-25T09:05:00.123456Z",
    "decided_at": None,
}
DECISION = {
    "id": APPEAL["decision_id"],
    "action": "remove_post",
    "undoes": None,
    "statement": "We have removed your post. Nobody can see it any more.",
    "post_id": "7420161001232564224",
    "comment_id": None,
    "quotation": "Buy my tomatoes!",
    "reason": "spam",
    "text": "An advertisement.",
    "created_at": "2026-11-24T10:05:00.123456Z",
    "is_undone": False,
    "may_appeal": False,
    "appeal": APPEAL,
}
COLUMNS = ("id", "decision_id", "text", "state", "created_at", "decided_at")


class DecisionViewSet(StrictViewSet):
    """Decisions that concern the member, as they were told of them."""

    pagination_class = KeysetPagination

    @operation(
        id="list_decisions",
        summary="List decisions about you",
        description="What moderators decided about you and your posts, newest first, with the reasons. None of them is "
        "named.",
        query_parameters=PAGE_PARAMETERS,
        responses=DecisionSerializer(many=True),
        examples=[response_example(DECISION)],
        errors=[InvalidCursor],
    )
    def list(self, request: Request) -> HttpResponse:
        """List the decisions, newest first."""
        decisions = Decision.objects.filter(member_id=self.member.pk, is_notified=True).newest_first()
        return self.get_paginated_response(decision_representations(self.paginate_queryset(decisions) or []))


class AppealViewSet(StrictViewSet):
    """The member's own appeals."""

    pagination_class = KeysetPagination

    def get_queryset(self) -> Any:
        """Rows of the member's appeals, newest first."""
        return Appeal.objects.filter(member=self.member.pk).order_by("-created_at", "-id").values(*COLUMNS)

    @operation(
        id="create_appeal",
        summary="Appeal against a decision",
        description="Somebody who did not take the decision looks at it again, and an e-mail tells you the answer. "
        "There is one appeal for each decision, within six months.",
        request=AppealCreateSerializer,
        responses={201: AppealSerializer},
        examples=[
            request_example({"decision_id": APPEAL["decision_id"], "text": APPEAL["text"]}),
            response_example(APPEAL, 201),
        ],
        rate_limits=[rate_limit("appeal-member", by="member")],
        errors=[NotFound, AppealNotPossible],
        idempotent=True,
        exempt_from=[TermsAccepted],
    )
    def create(self, request: Request) -> Response:
        """Appeal against a decision about the member."""
        data = self.validated_data()
        made = appeal(self.member, data["decision_id"], data["text"])
        return Response(AppealSerializer(self.get_queryset().get(pk=made.pk)).data, status=201)

    @operation(
        id="list_appeals",
        summary="List your appeals",
        query_parameters=PAGE_PARAMETERS,
        responses=AppealSerializer(many=True),
        examples=[response_example(APPEAL)],
        errors=[InvalidCursor],
    )
    def list(self, request: Request) -> HttpResponse:
        """List the member's appeals, newest first."""
        rows = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response(AppealSerializer(rows, many=True).data)

    @operation(
        id="get_appeal",
        summary="Get one of your appeals",
        responses=AppealSerializer,
        examples=[response_example(APPEAL)],
    )
    def retrieve(self, request: Request, appeal_id: int) -> Response:
        """Get one appeal."""
        return Response(AppealSerializer(get_object_or_404(self.get_queryset(), pk=appeal_id)).data)
