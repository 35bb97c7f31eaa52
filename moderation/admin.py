"""Reports as moderators find them; deciding on one comes with moderation's own desk."""

from django.contrib import admin
from django.utils.html import format_html_join

from libs.admin import ReadOnlyAdmin
from moderation.models import Report


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin):
    """Find a report by its id, or by that of its subject, post or reporter; with what was reported, as it was then."""

    list_display = ("id", "about", "reason", "state", "nickname", "subject", "reporter", "created_at")
    list_filter = ("state", "reason", "about")
    list_select_related = ("subject", "reporter")
    search_fields = ("subject__nickname__exact",)
    id_fields = ("id", "subject_id", "post_id", "reporter_id")
    search_help_text = "The id of a report, a post, a member or a reporter, or a whole nickname."
    ordering = ("-created_at", "-id")
    fields = (
        "id", "about", "reason", "text", "state", "created_at", "decided_at", "reporter", "subject", "post",
        "nickname", "words", "subject_since", "pictures", "forgotten_at",
    )  # fmt: skip
    readonly_fields = ("pictures",)

    @admin.display(description="pictures")
    def pictures(self, report: Report) -> str:
        """As they were reported."""
        shown = report.images.filter(discarded_at=None).select_related("image")
        rows = ((picture.address, picture.alt) for picture in shown)
        return format_html_join("\n", '<img src="{}" alt="{}" height="240" loading="lazy">', rows) or "-"
