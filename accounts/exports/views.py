"""/me/exports: copies of everything that the member owns."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import ExportNotThere, ExportOnceADay
from accounts.exports import export_files
from accounts.exports.serializers import ExportListSerializer, ExportSerializer
from accounts.models import Export
from accounts.openapi_examples import EXPORT, NEW_EXPORT
from accounts.permissions import TermsAccepted
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from media.errors import StorageUnavailable


class ExportViewSet(StrictViewSet):
    """The member's own exports."""

    def get_queryset(self) -> Any:
        """The member's exports, newest first."""
        return Export.objects.filter(member=self.member.pk).order_by("-created_at", "-id")

    def get_export(self, export_id: int) -> Export:
        """The member's export with this id. Raises Http404."""
        export: Export = get_object_or_404(self.get_queryset(), pk=export_id)
        return export

    @operation(
        id="create_export",
        summary="Request a copy of your data",
        description="Everything that is yours, as a zip of JSON files and images. It takes seconds to minutes: read "
        "its state every few seconds, or wait for the e-mail. Once a day; while one is being built, it is returned "
        "again with 200.",
        request=None,
        responses={202: ExportSerializer, 200: ExportSerializer},
        examples=[response_example(NEW_EXPORT, 202), response_example(NEW_EXPORT, 200)],
        errors=[ExportOnceADay],
        idempotent=True,
        # Everybody has a right to their data (GDPR article 15), whether or not they accept new terms.
        exempt_from=[TermsAccepted],
    )
    def create(self, request: Request) -> Response:
        """Request an export."""
        export, is_new = Export.objects.request_export(self.member)
        return Response(ExportSerializer(export).data, status=202 if is_new else 200)

    @operation(
        id="list_exports",
        summary="List the copies of your data",
        responses=ExportListSerializer,
        examples=[response_example({"results": [EXPORT]})],
    )
    def list(self, request: Request) -> Response:
        """List all exports; there are never many."""
        return Response({"results": ExportSerializer(self.get_queryset(), many=True).data})

    @operation(
        id="get_export",
        summary="Get the state of a copy of your data",
        responses=ExportSerializer,
        examples=[response_example(EXPORT)],
    )
    def retrieve(self, request: Request, export_id: int) -> Response:
        """Get one export."""
        return Response(ExportSerializer(self.get_export(export_id)).data)

    @operation(
        id="download_export",
        summary="Download a copy of your data",
        description="A zip. If files are in a bucket, the response is 303 with a URL that is valid for a minute; read "
        "it without a token. A server that keeps files on its own disk responds with the file.",
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            303: OpenApiResponse(description="`Location` is the URL of the zip; read it without a token."),
        },
        errors=[ExportNotThere, StorageUnavailable],
    )
    def download(self, request: Request, export_id: int) -> HttpResponseBase:
        """Redirect to the file, or send it."""
        export = self.get_export(export_id)
        if not export.has_file:
            raise ExportNotThere
        download_name = f"heart-to-heart-{export.created_at:%Y-%m-%d}.zip"
        if url := export_files.signed_url(export.key, download_name):
            return HttpResponse(status=303, headers={"Location": url})
        file = export_files.open_file(export.key)
        return FileResponse(file, as_attachment=True, filename=download_name, content_type="application/zip")
