"""Images in the admin, read only."""

from collections.abc import Callable

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from libs.admin import ReadOnlyAdmin
from media.errors import StorageUnavailable
from media.image_urls import image_urls
from media.models import Image
from media.storage import image_files


def image_response(read: Callable[[], bytes | None]) -> HttpResponse:
    """Return the response with an image that is not public, which no cache keeps. Raises Http404 if it is lost."""
    try:
        data = read()
    except StorageUnavailable:
        return HttpResponse(_("Storage does not answer. Try again in a moment."), status=503, content_type="text/plain")
    if data is None:
        raise Http404
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(data, content_type="image/jpeg", headers=headers)


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

    def get_urls(self) -> list[URLPattern]:
        """Add the files of withheld images."""
        show = self.admin_site.admin_view(self.show_file)
        return [path("<int:image_id>/file/", show, name="media_image_file"), *super().get_urls()]

    def show_file(self, request: HttpRequest, image_id: int) -> HttpResponse:
        """Show an image wherever its file is: that of a removed post is in private storage."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        image = get_object_or_404(Image.objects.filter(discarded_at=None), pk=image_id)
        return image_response(lambda: image_files.find_full(image.key))

    @admin.display(description=_("image"))
    def preview(self, image: Image) -> str:
        """The small variant."""
        url = image_urls(image.key, image.variants_at is not None)["thumb"]
        if image.withheld_at:
            url = reverse("admin:media_image_file", args=[image.pk])
        return format_html('<img src="{}" alt="{}" height="80" loading="lazy">', url, image.alt)
