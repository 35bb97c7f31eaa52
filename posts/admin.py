"""Posts in the admin, read only; moderators remove and restore them by decisions."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from libs.admin import ReadOnlyAdmin
from posts.models import Post


@admin.register(Post)
class PostAdmin(ReadOnlyAdmin):
    """Posts, found by id or author."""

    list_display = ("id", "author", "__str__", "image_count", "created_at", "removed_at")
    list_select_related = ("author",)
    search_fields = ("author__nickname__exact",)
    id_fields = ("id", "author_id")
    search_help_text = _("A whole post id, author id or nickname of the author.")
    ordering = ("-created_at", "-id")
    fields = ("id", "author", "text", "image_count", "created_at", "edited_at", "removed_at")
