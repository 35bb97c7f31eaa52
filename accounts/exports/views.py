"""/me/exports: a copy of everything that is one's own."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.errors import ExportNotThere, ExportOnceADay
from accounts.exports import private_storage
from accounts.models import Export
from accounts.openapi_examples import EXPORT, NEW_EXPORT
from accounts.permissions import TermsAccepted
from accounts.serializers import ExportListSerializer, ExportSerializer
from libs.api.openapi_examples import response_example
from libs.api.operations import operation
from libs.api.viewsets import StrictViewSet
from media.errors import StorageUnavailable


class ExportViewSet(StrictViewSet):
    """The asker's own exports; those of others do not exist here."""

    def get_queryset(self) -> Any:
        """The newest first."""
        return Export.objects.filter(member=self.member.pk).order_by("-created_at", "-id")

    def own(self, export_id: int) -> Export:
        """The asker's export with this id, or 404."""
        export: Export = get_object_or_404(self.get_queryset(), pk=export_id)
        return export

    @operation(
        summary="Have a copy of your data made",
        description="Everything that is yours, as a zip of JSON files and pictures. It takes seconds to minutes: ask "
        "for its state now and then, or wait for the letter. Once a day; while one is being made it is answered again, "
        "with 200.",
        request=None,
        responses={202: ExportSerializer, 200: ExportSerializer},
        examples=[response_example(NEW_EXPORT, 202), response_example(NEW_EXPORT, 200)],
        errors=[ExportOnceADay],
        idempotent=True,
        # Everybody has a right to what is theirs (GDPR article 15), whatever they agree to from now on.
        exempt_from=[TermsAccepted],
    )
    def create(self, request: Request) -> Response:
        """Ask for one."""
        export, is_new = Export.objects.ask(self.member)
        return Response(ExportSerializer(export).data, status=202 if is_new else 200)

    @operation(
        summary="List the copies of your data",
        responses=ExportListSerializer,
        examples=[response_example({"results": [EXPORT]})],
    )
    def list(self, request: Request) -> Response:
        """All of them; there are never many."""
        return Response({"results": ExportSerializer(self.get_queryset(), many=True).data})

    @operation(
        summary="Read how far a copy of your data is", responses=ExportSerializer, examples=[response_example(EXPORT)]
    )
    def retrieve(self, request: Request, export_id: int) -> Response:
        """One export."""
        return Response(ExportSerializer(self.own(export_id)).data)

    @operation(
        summary="Fetch a copy of your data",
        description="A zip. Where files lie in a bucket the answer is 303 with an address that is good for a minute, "
        "for which no token is needed or wanted; a server with a disk of its own answers with the file.",
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            303: OpenApiResponse(description="`Location` is where the zip is read, without a token."),
        },
        errors=[ExportNotThere, StorageUnavailable],
    )
    def fetch(self, request: Request, export_id: int) -> HttpResponseBase:
        """The file, or the way to it."""
        export = self.own(export_id)
        if not export.is_there:
            raise ExportNotThere
        saved_as = f"heart-to-heart-{export.created_at:%Y-%m-%d}.zip"
        if address := private_storage.signed_address(export.key, saved_as):
            return HttpResponse(status=303, headers={"Location": address})
        file = private_storage.open_file(export.key)
        return FileResponse(file, as_attachment=True, filename=saved_as, content_type="application/zip")
