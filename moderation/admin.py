"""Reports in the admin, read-only."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from libs.admin import ReadOnlyAdmin
from media.errors import StorageUnavailable
from moderation.models import Report, ReportedImage


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Find a report by its id, or by that of its subject, post or reporter; shows the snapshot."""

    list_display = ("id", "about", "reason", "state", "nickname", "subject", "reporter", "created_at")
    list_filter = ("state", "reason", "about")
    list_select_related = ("subject", "reporter")
    search_fields = ("subject__nickname__exact",)
    id_fields = ("id", "subject_id", "post_id", "reporter_id")
    search_help_text = _("The id of a report, a post, a member or a reporter, or a whole nickname.")
    ordering = ("-created_at", "-id")
    fields = (
        "id", "about", "reason", "text", "state", "created_at", "decided_at", "reporter", "subject", "post",
        "nickname", "subject_text", "subject_created_at", "image_list", "forgotten_at",
    )  # fmt: skip
    readonly_fields = ("image_list",)

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the images."""
        show = self.admin_site.admin_view(self.show_image)
        return [path("images/<int:image_id>/", show, name="moderation_reported_image"), *super().get_urls()]

    def show_image(self, request: HttpRequest, image_id: int) -> HttpResponse:
        """Show an image to those who may see reports; nobody else can read it, and no cache keeps it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(ReportedImage.objects.filter(discarded_at=None), pk=image_id)
        try:
            data = image.read()
        except StorageUnavailable:
            return HttpResponse(
                "Storage does not answer. Try again in a moment.", status=503, content_type="text/plain"
            )
        if data is None:
            raise Http404
        headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(data, content_type="image/jpeg", headers=headers)

    @admin.display(description=_("images"))
    def image_list(self, report: Report) -> str:
        """The images as they were reported."""
        images = report.images.filter(discarded_at=None)
        rows = ((reverse("admin:moderation_reported_image", args=[image.pk]), image.alt) for image in images)
        return format_html_join("\n", '<img src="{}" alt="{}" height="240" loading="lazy">', rows) or "-"
