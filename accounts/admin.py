"""Members in the admin, read-only."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken

from accounts.email_addresses import normalise_email
from accounts.models import Member
from libs.admin import AnyQueryMixin, ReadOnlyAdmin

# Login sessions are ended by LoginSession.objects.end; blacklisting a token by hand would end nothing.
# Second factors are set up by their owners and reset by a command; here their keys could be read.
admin.site.unregister([BlacklistedToken, OutstandingToken, Group, TOTPDevice, StaticDevice])


@admin.register(Group)
class GroupAdmin(AnyQueryMixin, DjangoGroupAdmin):
    """Groups of permissions."""


@admin.register(Member)
class MemberAdmin(ReadOnlyAdmin):
    """Finds a member by id, exact e-mail or the beginning of a nickname."""

    list_display = ("nickname", "masked_email", "created_at", "suspended_until", "withdrawn_at", "is_staff")
    list_filter = ("is_staff",)
    search_fields = ("email__exact", "nickname__startswith")
    search_help_text = _("An id, a whole e-mail address, or the beginning of a nickname.")
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

    @admin.display(description=_("e-mail address"))
    def masked_email(self, member: Member) -> str:
        """Show the first letter and the domain of the e-mail address."""
        name, _at, domain = member.email.partition("@")
        return f"{name[:1]}***@{domain}"

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Normalise an e-mail address before the search."""
        term = normalise_email(search_term) if "@" in search_term else search_term
        return super().get_search_results(request, queryset, term)
