"""Comments in the admin: found by id, shown with the post and the comment that they are below."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from comments.models import Comment
from libs.admin import DetailPageMixin, ReadOnlyAdmin
from moderation.admin.action_links import action_links, actor_of
from moderation.admin.history import decisions_for_page, reports_for_page
from moderation.models import Decision, Report


@admin.register(Comment)
class CommentAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Comments, found by id, post or author; moderators remove and restore them by decisions."""

    detail_template = "admin/moderation/comment.html"
    list_display = ("created_at", "author", "__str__", "removed_at")
    list_per_page = 50
    # Django shows the field for a search only if there are some; only ids are searched.
    search_fields = ("id__exact",)
    id_fields = ("id", "post_id", "author_id")
    search_help_text = _("The id of a comment, of its post, or of its author.")
    # Ids begin with the time.
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search a number; nothing else is found."""
        if search_term.strip() and not search_term.strip().isdigit():
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select the author, the post and the comment above too."""
        return super().get_queryset(request).select_related("author", "post", "parent")

    def get_details(self, request: HttpRequest, row: Comment) -> dict[str, Any]:
        """The comment with its reports and decisions."""
        actor = actor_of(request)
        return {
            "reports": reports_for_page(Report.objects.not_on(request.user).filter(comment=row.pk), actor),
            "decisions": decisions_for_page(Decision.objects.about("comment", row.pk), actor),
            "links": action_links(row, actor) if row.author else [],
        }
