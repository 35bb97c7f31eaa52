"""Pictures in the admin: to look at. What becomes of them is decided by what shows them."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html

from media.addresses import addresses
from media.models import Image


@admin.register(Image)
class ImageAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Reads only."""

    list_display = ("id", "preview", "owner", "width", "height", "bytes", "created_at", "discarded_at")
    list_select_related = ("owner",)
    list_per_page = 50
    show_full_result_count = False
    search_fields = ("=id", "=key")
    search_help_text = "Id or key, in full."
    ordering = ("-id",)
    fields = ("preview", "key", "owner", "alt", "width", "height", "bytes", "blurhash")
    readonly_fields = ("preview",)

    @admin.display(description="picture")
    def preview(self, image: Image) -> str:
        """The small variant."""
        url = addresses(image.key, image.variants_at is not None)["thumb"]
        return format_html('<img src="{}" alt="{}" height="80" loading="lazy">', url, image.alt)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Pictures come in through intake only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        """What is stored stays as it is."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Image | None = None) -> bool:
        """A row deleted here would leave its files behind."""
        return False
