"""Members in the admin: found by any part of the nickname, shown with what they published."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.email_addresses import mask_email, normalise_email
from accounts.models import Member
from libs.admin import DetailPageMixin, ReadOnlyAdmin
from moderation.actors import Actor
from moderation.admin.action_links import action_links, actor_of
from moderation.admin.history import (
    decisions_for_page,
    members_with_record,
    recent_posts,
    recent_sessions,
    reports_for_page,
    reports_on,
)
from moderation.admin.images import avatar_of
from moderation.admin.revealing import is_revealed
from moderation.models import Decision

REPORTS_ON_MEMBER = 20


@admin.register(Member)
class MemberAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Finds a member by id, whole e-mail address or part of a nickname."""

    detail_template = "admin/moderation/member.html"
    list_display = ("nickname", "masked_email", "created_at", "suspended_until", "withdrawn_at", "is_staff")
    list_filter = ("is_staff",)
    list_per_page = 50
    # Django shows the field for a search only if there are some; `get_search_results` does not read them.
    search_fields = ("nickname",)
    search_help_text = _("An id or a part of a nickname; a whole e-mail address if you may reveal addresses.")
    ordering = ("-id",)

    @admin.display(description=_("e-mail address"))
    def masked_email(self, member: Member) -> str:
        """Show the first letter and the domain of the e-mail address."""
        return mask_email(member.email)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search words anywhere in a nickname, as the API does, or a whole e-mail address.

        The latter is for those who may reveal addresses: it confirms a guess.
        """
        words = search_term.strip()
        if "@" in words:
            may_reveal = actor_of(request).may("reveal_email")
            return queryset.filter(email=normalise_email(words)) if may_reveal else queryset.none(), False
        if not words or words.isdigit():
            return super().get_search_results(request, queryset, search_term)
        return queryset.search_nickname(words), False  # type: ignore[attr-defined]

    def select_details(self, rows: QuerySet[Member]) -> QuerySet[Member]:
        """Select the avatar and the record as a reporter."""
        return members_with_record(rows.select_related("avatar__image"))

    def get_details(self, request: HttpRequest, row: Member) -> dict[str, Any]:
        """The member with what they published, reports and decisions, and where they logged in."""
        actor = actor_of(request)
        decisions = decisions_for_page(Decision.objects.concerning(row), actor)
        is_muted: bool = row.is_muted  # type: ignore[attr-defined]
        return {
            "avatar": avatar_of(row),
            "language": dict(settings.LANGUAGES).get(row.language, row.language),
            "email": row.email if is_revealed(request, row.pk) else mask_email(row.email),
            "is_revealed": is_revealed(request, row.pk),
            "posts": recent_posts(row.pk),
            "sessions": recent_sessions(row.pk, is_revealed=is_revealed(request, row.pk)),
            "reports": reports_for_page(
                reports_on(row).not_on(request.user),  # type: ignore[attr-defined]
                actor,
                REPORTS_ON_MEMBER,
            ),
            "decisions": decisions,
            "links": [link for link in action_links(row, actor) if not (is_muted and link.name == "mute_reporter")],
            "unmute_id": _unmute_id(row, actor) if is_muted else None,
        }


def _unmute_id(member: Member, by: Actor) -> int | None:
    """Return the id of the decision that has muted the member, if the actor may undo it."""
    muting = Decision.objects.about("member", member.pk).filter(action="mute_reporter").not_undone()
    return next((decision.pk for decision in decisions_for_page(muting, by) if decision.may_undo), None)
