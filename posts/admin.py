"""Posts as moderators find them; removing and restoring comes with moderation's own desk."""

from django.contrib import admin

from libs.admin import ReadOnlyAdmin
from posts.models import Post


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    """Find a post by id or by its writer's id; read only."""

    list_display = ("id", "author", "__str__", "image_count", "created_at", "removed_at")
    list_select_related = ("author",)
    search_fields = ("author__nickname__exact",)
    id_fields = ("id", "author_id")
    search_help_text = "The id of a post or of its writer, or a whole nickname."
    ordering = ("-created_at", "-id")
    fields = ("id", "author", "text", "image_count", "created_at", "edited_at", "removed_at")
