"""Posts as moderators find them; removing and restoring comes with moderation's own desk."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin import UncountedPaginator
from posts.models import Post


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Find a post by id or by its writer's id; read only."""

    list_display = ("id", "author", "__str__", "image_count", "created_at", "removed_at")
    list_select_related = ("author",)
    search_fields = ("=id", "=author__id")
    search_help_text = "The id of a post or of its writer."
    ordering = ("-created_at", "-id")
    fields = ("id", "author", "text", "image_count", "created_at", "removed_at")
    show_full_result_count = False
    paginator = UncountedPaginator

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members write."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody rewrites what somebody said."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Removal can be undone, deletion cannot."""
        return False
