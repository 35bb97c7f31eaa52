"""Reports in the admin. The page of one shows the whole case: all reports of the same post, comment or member."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from libs.admin import DetailPageMixin, ReadOnlyAdmin
from media.admin import image_response
from moderation.admin.action_links import actor_of
from moderation.admin.cases import case_details, select_case
from moderation.admin.many import decide_many
from moderation.admin.queue import next_case, queue_details
from moderation.models import Report, ReportedImage


@admin.register(Report)
class ReportAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Find a report by its id, or by that of its subject, post, comment or reporter; shows the case."""

    detail_template = "admin/moderation/case.html"
    list_display = ("case_name", "reason", "state", "reporter", "created_at")
    list_filter = ("state", "reason", "about")
    list_select_related = ("reporter",)
    list_per_page = 25
    search_fields = ("subject__nickname__exact",)
    id_fields = ("id", "subject_id", "post_id", "comment_id", "reporter_id")
    search_help_text = _("The id of a report, a post, a comment, a member or a reporter, or a whole nickname.")
    # Ids begin with the time.
    ordering = ("-id",)

    @admin.display(description=_("case"))
    def case_name(self, report: Report) -> str:
        """What is reported, and the nickname then, as in the queue."""
        return f"{capfirst(report.get_about_display())}: {report.nickname or '-'}"

    def get_urls(self) -> list[URLPattern]:
        """Add the images, and the page that decides about several cases."""
        show, decide = self.admin_site.admin_view(self.show_image), self.admin_site.admin_view(decide_many)
        pages = [
            path("images/<int:image_id>/", show, name="moderation_reported_image"),
            path("many/", decide, name="moderation_report_many"),
            path("next/", self.admin_site.admin_view(self.show_next), name="moderation_report_next"),
        ]
        return [*pages, *super().get_urls()]

    def show_queue(self, request: HttpRequest) -> TemplateResponse:
        """Show the open cases, which is the first page of the admin."""
        queue = queue_details(actor_of(request), only_mine="mine" in request.GET)
        context = {"title": gettext("Open cases"), "queue": queue}
        return TemplateResponse(request, "admin/index.html", self.admin_site.each_context(request) | context)

    def show_next(self, request: HttpRequest) -> HttpResponse:
        """Lead to the most urgent case that nobody else has taken over, but the one of `after`; or to the queue."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        number = request.GET.get("after", "")
        is_number = number.isascii() and number.isdigit() and len(number) < 20
        after = self.get_queryset(request).filter(pk=int(number)).first() if is_number else None
        case = next_case(actor_of(request), after=after)
        if case is None:
            messages.info(request, gettext("No other case waits for you."))
        return redirect("admin:moderation_report_change", case.pk) if case else redirect("admin:index")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        """Leave out reports on who looks: they do not exist for them."""
        reports: QuerySet[Report] = Report.objects.not_on(request.user).order_by(*self.ordering)
        return reports

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
        stored = ReportedImage.objects.filter(discarded_at=None, report__in=Report.objects.not_on(request.user))
        image = get_object_or_404(stored, pk=image_id)
        return image_response(image.read)
