"""Posts in the admin: found by their words, shown with their images."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Member
from libs.admin import DetailPageMixin, ReadOnlyAdmin
from libs.text_search import can_use_index, contains
from moderation.admin.action_links import action_links, actor_of
from moderation.admin.history import decisions_for_page, reports_for_page
from moderation.admin.images import post_image_rows, shown_post_images
from moderation.models import Decision, Report
from posts.models import Post

# Members whose posts a search for a nickname shows, and posts that a search for words shows. Numbers.
AUTHORS_FOUND, POSTS_FOUND = 20, 50
EDITS_SHOWN = 20


@admin.register(Post)
class PostAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Posts, found by id, words or author; moderators remove and restore them by decisions."""

    detail_template = "admin/moderation/post.html"
    list_display = ("created_at", "author", "__str__", "image_count", "removed_at")
    list_per_page = 50
    # Django shows the field for a search only if there are some; `get_search_results` does not read them.
    search_fields = ("text",)
    id_fields = ("id", "author_id")
    search_help_text = _(
        "Words of the post (the newest 50 with them are found), the nickname of its author, or a whole id of either."
    )
    # Ids begin with the time.
    ordering = ("-id",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search the words anywhere in posts, as the API does, and in nicknames.

        Comparing words with a text takes a tenth of a millisecond, so that all posts with a frequent word are neither
        counted nor sorted.
        """
        words = search_term.strip()
        if not words or words.isdigit():
            return super().get_search_results(request, queryset, search_term)
        authors = list(Member.objects.search_nickname(words).values_list("pk", flat=True)[:AUTHORS_FOUND])
        newest = Post.objects.filter(contains("text", words)).order_by("-id").values_list("pk", flat=True)
        posts = list(newest[:POSTS_FOUND]) if can_use_index(words) else []
        return queryset.filter(Q(author_id__in=authors) | Q(pk__in=posts)), False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select the author too."""
        return super().get_queryset(request).select_related("author")

    def get_details(self, request: HttpRequest, row: Post) -> dict[str, Any]:
        """The post with its images, former texts, reports and decisions."""
        actor, posts = actor_of(request), Post.objects.filter(pk=row.pk)
        return {
            "images": shown_post_images(posts.values_list(post_image_rows(), flat=True).get()),
            "edits": row.edits.order_by("-edited_at", "-id")[:EDITS_SHOWN],
            "reports": reports_for_page(Report.objects.not_on(request.user).filter(post=row.pk), actor),
            "decisions": decisions_for_page(Decision.objects.about("post", row.pk), actor),
            "links": action_links(row, actor),
        }
