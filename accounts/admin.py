"""Members as moderators find them; what changes them comes with moderation's own desk."""

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.functional import cached_property

from accounts.models import Member


class UncountedPaginator(Paginator):  # type: ignore[type-arg]
    """Never counts a million rows to draw a page."""

    @cached_property
    def count(self) -> int:
        """More than anybody turns through."""
        return 10_000


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Find a member by id, exact e-mail or the beginning of a nickname; read only."""

    list_display = ("nickname", "masked_email", "created_at", "suspended_until", "withdrawn_at", "is_staff")
    list_filter = ("is_staff",)
    search_fields = ("=id", "=email", "nickname__startswith")
    search_help_text = "An id, a whole e-mail address, or the beginning of a nickname."
    ordering = ("-id",)
    fields = (
        "id",
        "nickname",
        "name",
        "about",
        "created_at",
        "terms_version",
        "terms_accepted_at",
        "suspended_until",
        "withdrawn_at",
        "is_staff",
    )
    show_full_result_count = False
    paginator = UncountedPaginator

    @admin.display(description="e-mail")
    def masked_email(self, member: Member) -> str:
        """Enough to recognise, too little to leak."""
        name, _, domain = member.email.partition("@")
        return f"{name[:1]}***@{domain}"

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Members join by themselves."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing here is changed by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Erasure has a verb of its own."""
        return False
