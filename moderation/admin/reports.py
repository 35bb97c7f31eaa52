"""Reports in the admin. The page of one shows the whole case: all reports of the same post or member."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from libs.admin import DetailPageMixin, ReadOnlyAdmin
from media.admin import image_response
from moderation.admin.action_links import actor_of
from moderation.admin.cases import case_details, select_case
from moderation.models import Report, ReportedImage


@admin.register(Report)
class ReportAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Find a report by its id, or by that of its subject, post or reporter; shows the case."""

    detail_template = "admin/moderation/case.html"
    list_display = ("id", "about", "reason", "state", "nickname", "subject", "reporter", "created_at")
    list_filter = ("state", "reason", "about")
    list_select_related = ("subject", "reporter")
    list_per_page = 50
    search_fields = ("subject__nickname__exact",)
    id_fields = ("id", "subject_id", "post_id", "reporter_id")
    search_help_text = _("The id of a report, a post, a member or a reporter, or a whole nickname.")
    ordering = ("-created_at", "-id")

    def get_urls(self) -> list[URLPattern]:
        """Add the addresses of the images."""
        show = self.admin_site.admin_view(self.show_image)
        return [path("images/<int:image_id>/", show, name="moderation_reported_image"), *super().get_urls()]

    def select_details(self, rows: QuerySet[Report]) -> QuerySet[Report]:
        """Select what the page of a case shows."""
        return select_case(rows)

    def get_details(self, request: HttpRequest, row: Report) -> dict[str, Any]:
        """The case."""
        return case_details(row, actor_of(request))

    def show_image(self, request: HttpRequest, image_id: int) -> HttpResponse:
        """Show an image to those who may see reports; nobody else can read it, and no cache keeps it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(ReportedImage.objects.filter(discarded_at=None), pk=image_id)
        return image_response(image.read)
