"""/reports: report a member, a post or a comment, and follow one's own reports."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import NotOneself
from libs.api.errors import NotFound
from libs.api.openapi_examples import request_example, response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from libs.keyset.errors import InvalidCursor
from libs.keyset.pagination import PAGE_PARAMETERS, KeysetPagination
from libs.throttling.throttles import rate_limit
from moderation.models import Report
from moderation.reporting import report_comment, report_member, report_post
from moderation.serializers import ReportCreateSerializer, ReportSerializer

REPORT = {
    "id": "7420161044182237184",
    "about": "post",
    "member_id": None,
    "post_id": "7420161001232564224",
    "comment_id": None,
    "reason": "spam",
    "text": "The same advertisement, five times today.",
    "state": "open",
    "created_at": "2026-11-24T09:05:00.123456Z",
    "decided_at": None,
}
NEW_REPORT = {"post_id": REPORT["post_id"], "reason": REPORT["reason"], "text": REPORT["text"]}
COLUMNS = ("id", "about", "subject_id", "post_id", "comment_id", "reason", "text", "state", "created_at", "decided_at")


class ReportViewSet(StrictViewSet):
    """The member's own reports."""

    pagination_class = KeysetPagination

    def get_queryset(self) -> Any:
        """Rows of the member's reports for `report_representation`, newest first."""
        return Report.objects.filter(reporter=self.member.pk).order_by("-created_at", "-id").values(*COLUMNS)

    @operation(
        id="create_report",
        summary="Report a member, a post or a comment",
        description="What is reported is stored as it is now, whatever becomes of it. While your report of the same "
        "subject is open, another one changes nothing: the response is 200 with the first.",
        request=ReportCreateSerializer,
        responses={201: ReportSerializer, 200: ReportSerializer},
        examples=[request_example(NEW_REPORT), response_example(REPORT, 201)],
        rate_limits=[rate_limit("report-member", by="member")],
        errors=[NotOneself, NotFound],
        idempotent=True,
    )
    def create(self, request: Request) -> Response:
        """Report a member, a post or a comment."""
        data = self.validated_data()
        if "post_id" in data:
            report, is_new = report_post(self.member, **data)
        elif "comment_id" in data:
            report, is_new = report_comment(self.member, **data)
        else:
            report, is_new = report_member(self.member, **data)
        return Response(report_representation(self.get_queryset().get(pk=report.pk)), status=201 if is_new else 200)

    @operation(
        id="list_reports",
        summary="List your reports",
        query_parameters=PAGE_PARAMETERS,
        responses=ReportSerializer(many=True),
        examples=[response_example(REPORT)],
        errors=[InvalidCursor],
    )
    def list(self, request: Request) -> HttpResponse:
        """List the member's reports, newest first."""
        return self.get_paginated_response(
            [report_representation(row) for row in self.paginate_queryset(self.get_queryset()) or []]
        )

    @operation(
        id="get_report",
        summary="Get one of your reports",
        responses=ReportSerializer,
        examples=[response_example(REPORT)],
    )
    def retrieve(self, request: Request, report_id: int) -> Response:
        """Get one report."""
        return Response(report_representation(get_object_or_404(self.get_queryset(), pk=report_id)))


def report_representation(row: dict[str, Any]) -> dict[str, Any]:
    """A report as its reporter sees it. The author of a reported post or comment is not named."""
    subject_id = row.pop("subject_id")
    member_id = subject_id if row["about"] == Report.MEMBER else None
    ids = {"id": row["id"], "member_id": member_id, "post_id": row["post_id"]}
    ids["comment_id"] = row["comment_id"]
    return row | {name: None if number is None else str(number) for name, number in ids.items()}
