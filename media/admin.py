"""Images in the admin, read only."""

from django.contrib import admin
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from libs.admin import ReadOnlyAdmin
from media.image_urls import image_urls
from media.models import Image


@admin.register(Image)
class ImageAdmin(ReadOnlyAdmin):
    """A row that was deleted here would leave its files behind."""

    list_display = ("id", "preview", "owner", "width", "height", "bytes", "created_at", "discarded_at")
    list_select_related = ("owner",)
    list_per_page = 50
    search_fields = ("key__exact",)
    id_fields = ("id", "owner_id")
    search_help_text = _("A whole image id, owner id or key.")
    ordering = ("-id",)
    fields = ("preview", "key", "owner", "alt", "width", "height", "bytes", "blurhash")
    readonly_fields = ("preview",)

    @admin.display(description=_("image"))
    def preview(self, image: Image) -> str:
        """The small variant."""
        url = image_urls(image.key, image.variants_at is not None)["thumb"]
        return format_html('<img src="{}" alt="{}" height="80" loading="lazy">', url, image.alt)
