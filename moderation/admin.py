"""Reports in the admin, read-only."""

from django.contrib import admin
from django.utils.html import format_html_join

from libs.admin import ReadOnlyAdmin
from moderation.models import Report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Find a report by its id, or by that of its subject, post or reporter; shows the snapshot."""

    list_display = ("id", "about", "reason", "state", "nickname", "subject", "reporter", "created_at")
    list_filter = ("state", "reason", "about")
    list_select_related = ("subject", "reporter")
    search_fields = ("subject__nickname__exact",)
    id_fields = ("id", "subject_id", "post_id", "reporter_id")
    search_help_text = "The id of a report, a post, a member or a reporter, or a whole nickname."
    ordering = ("-created_at", "-id")
    fields = (
        "id", "about", "reason", "text", "state", "created_at", "decided_at", "reporter", "subject", "post",
        "nickname", "subject_text", "subject_created_at", "image_list", "forgotten_at",
    )  # fmt: skip
    readonly_fields = ("image_list",)

    @admin.display(description="images")
    def image_list(self, report: Report) -> str:
        """The images as they were reported."""
        images = report.images.filter(discarded_at=None).select_related("image")
        rows = ((image.url, image.alt) for image in images)
        return format_html_join("\n", '<img src="{}" alt="{}" height="240" loading="lazy">', rows) or "-"
