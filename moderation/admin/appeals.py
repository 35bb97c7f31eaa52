"""Appeals in the admin: answered on the page of each, by somebody else than who decided."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from libs.admin import DetailPageMixin, ReadOnlyAdmin
from moderation.admin.action_links import action_links, actor_of
from moderation.admin.history import decisions_for_page
from moderation.admin.labels import decision_label
from moderation.models import Appeal, Decision


@admin.register(Appeal)
class AppealAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Shows appeals, the oldest open ones first."""

    detail_template = "admin/moderation/appeal.html"
    list_display = ("created_at", "member", "excerpt", "state_name")
    list_filter = ("state",)
    list_select_related = ("member",)
    list_per_page = 50
    # Django shows the field for a search only if there are some; only ids are searched.
    search_fields = ("id__exact",)
    id_fields = ("id", "member_id", "decision_id")
    search_help_text = _("The id of an appeal, of the member, or of the decision.")
    # Ids begin with the time.
    ordering = ("-id",)

    @admin.display(description=_("state"))
    def state_name(self, appeal: Any) -> str:
        """The answer; a denied one is moot once the decision is taken back."""
        return f"{appeal.get_state_display()}, {_('taken back')}" if is_moot(appeal) else appeal.get_state_display()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Select whether the decision is undone."""
        undone = Exists(Decision.objects.filter(undoes_id=OuterRef("decision_id")))
        appeals: QuerySet[Any] = super().get_queryset(request).annotate(is_undone=undone)
        return appeals

    @admin.display(description=_("text"))
    def excerpt(self, appeal: Appeal) -> str:
        """The beginning of the text."""
        return appeal.text[:80]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search a number; nothing else is found."""
        if search_term.strip() and not search_term.strip().isdigit():
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def select_details(self, rows: QuerySet[Appeal]) -> QuerySet[Appeal]:
        """Select the member."""
        return rows.select_related("member")

    def get_details(self, request: HttpRequest, row: Appeal) -> dict[str, Any]:
        """The appeal, the decision that it objects to, and what may be done."""
        actor = actor_of(request)
        decisions = decisions_for_page(Decision.objects.concerning(row.member), actor)
        # The decision concerns the same member; only to them it may not exist.
        visible = Decision.objects.not_of_reports_on(actor.member_id)
        is_visible = row.member_id != actor.member_id or visible.filter(pk=row.decision_id).exists()
        return {
            "title": row.member.nickname,
            "decision": row.decision if is_visible else None,
            "decision_label": decision_label(row.decision),
            "is_moot": is_moot(row),
            "decisions": decisions,
            "links": action_links(row, actor),
        }


def is_moot(appeal: Any) -> bool:
    """Return whether an appeal was denied and its decision taken back afterwards."""
    return appeal.state == Appeal.DENIED and bool(appeal.is_undone)
