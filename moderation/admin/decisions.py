"""Decisions in the admin: the list of all, which nobody can change, and the pages on which new ones are taken."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from comments.models import Comment
from libs.admin import DetailPageMixin, ReadOnlyAdmin
from moderation.actions import ACTIONS, Action
from moderation.actions.changes import decisions_on
from moderation.actions.deciders import RANKS
from moderation.actions.undo import UNDO_REASONS, is_undo_allowed, preview_undo, undo
from moderation.admin.action_links import actor_of, page_of, page_of_record
from moderation.admin.labels import action_label, decision_label, record_label, summary
from moderation.admin.reason_page import ReasonPage, refuse, seen_decisions, summaries_since
from moderation.admin.recorded_values import recorded_values
from moderation.errors import CannotUndo
from moderation.models import Appeal, Decision, ListedWord, Report
from posts.models import Post

SUBJECTS: dict[str, QuerySet[Any]] = {
    "report": Report.objects.select_related("subject", "post"),
    "post": Post.objects.select_related("author"),
    "comment": Comment.objects.filter(author__isnull=False).select_related("author"),
    "member": Member.objects.not_erased(),
    "appeal": Appeal.objects.select_related("member"),
    "listedword": ListedWord.objects.all(),
}


class ActionFilter(admin.SimpleListFilter):
    """Filters decisions by action."""

    title = gettext_lazy("action")
    parameter_name = "action_name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, action_label(name)) for name in [*ACTIONS, "undo"]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(Decision)
class DecisionAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Shows decisions. New ones are taken on pages of their own, also those that undo others."""

    detail_template = "admin/moderation/decision.html"
    list_display = ("created_at", "action_name", "subject_label", "reason_name", "decided_by")
    list_filter = (ActionFilter,)
    list_per_page = 50
    # Django shows the field for a search only if there are some; only ids are searched.
    search_fields = ("id__exact",)
    id_fields = ("id", "member_id", "actor_id", "report_id")
    search_help_text = gettext_lazy("The id of a decision, of the member concerned, of who decided, or of a report.")
    ordering = ("-created_at", "-id")

    @admin.display(description=gettext_lazy("action"))
    def action_name(self, decision: Decision) -> str:
        """What was done."""
        return decision_label(decision)

    @admin.display(description=gettext_lazy("subject"))
    def subject_label(self, decision: Decision) -> str:
        """What it is about."""
        return decision.subject_label

    @admin.display(description=gettext_lazy("decided by"))
    def decided_by(self, decision: Decision) -> str:
        """Who decided."""
        return decision.decider_name

    @admin.display(description=gettext_lazy("reason"))
    def reason_name(self, decision: Decision) -> str:
        """Why."""
        return decision.reason_label

    def get_queryset(self, request: HttpRequest) -> QuerySet[Decision]:
        """Leave out decisions of reports on who looks, which do not exist for them."""
        decisions: QuerySet[Decision] = super().get_queryset(request)
        return decisions.not_of_reports_on(request.user.pk)  # type: ignore[attr-defined,no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search a number; nothing else is found."""
        if search_term.strip() and not search_term.strip().isdigit():
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages on which decisions are taken."""
        pages = [
            path("act/<slug:name>/<int:pk>/", self.admin_site.admin_view(self.act), name="moderation_decision_act"),
            path("<int:pk>/undo/", self.admin_site.admin_view(self.undo), name="moderation_decision_undo"),
        ]
        return [*pages, *super().get_urls()]

    def select_details(self, rows: QuerySet[Decision]) -> QuerySet[Decision]:
        """Select the ranks of those on whom it depends who may undo it."""
        return rows.annotate(**RANKS)

    def get_details(self, request: HttpRequest, row: Decision) -> dict[str, Any]:
        """The decision, the one that undid it, and whether this actor may undo it."""
        visible = self.get_queryset(request)
        undone_by, undoes = visible.filter(undoes_id=row.pk).first(), visible.filter(pk=row.undoes_id or 0).first()
        return {
            "title": decision_label(row),
            "undone_by": undone_by,
            "undoes": undoes,
            "undoes_label": decision_label(undoes) if undoes else "",
            "member": Member.objects.filter(pk=row.member_id or 0).first(),
            "may_undo": not undone_by and is_undo_allowed(row, actor_of(request)),
            "subject_url": page_of(row.subject_kind, row.subject_id),
            "values": recorded_values(row),
        }

    def act(self, request: HttpRequest, name: str, pk: int) -> HttpResponse:
        """Show what an action will do and ask for the reason, then do it."""
        action, actor = ACTIONS.get(name), actor_of(request)
        if action is None or action.subject_kind not in SUBJECTS:
            raise Http404
        if not actor.may(action.permission):
            raise PermissionDenied
        subject = get_object_or_404(_subjects(request, action.subject_kind), pk=pk)
        report, options = _report_of(request), _options_of(request, action)
        if report is not None and not action.is_report_of(subject, report):
            raise Http404
        back, known = page_of_record(report or subject), decisions_on(subject, report, actor)
        if not (action.is_possible(subject) and action.may_choose(subject, actor, **options)):
            since = summaries_since(_possible_causes(action, known, request), seen_decisions(request))
            return refuse(request, back, _("This is not possible any more."), since)
        if not action.may_run(subject, by=actor, **options):
            return refuse(request, back)
        page = ReasonPage(
            title=action.title(**options),
            subject=action.displayed_name(subject),
            preview=action.preview(subject, report=report, **options),
            reasons=action.reasons_for(subject),
            languages=_languages_of(action, subject),
            decide=partial(action.run, subject, by=actor, report=report, **options),
            back=back,
            back_label=record_label(report or subject),
            initial_reason=report.reason if report and report.reason in action.reasons else "",
            known=known,
            appealed=subject.decision if action.subject_kind == "appeal" else None,
            leads_on=(report is not None or action.subject_kind == "report") and bool(action.closes_reports),
        )
        return page.respond(request)

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then undo a decision."""
        visible, actor = self.get_queryset(request), actor_of(request)
        decision = get_object_or_404(self.select_details(visible), pk=pk)
        action = ACTIONS.get(decision.action)
        if action is None or not actor.may(action.permission):
            raise PermissionDenied
        undone_by = list(visible.filter(undoes_id=pk))
        if undone_by or not is_undo_allowed(decision, actor):
            text = str(CannotUndo()) if undone_by else ""
            return refuse(request, page_of("decision", pk), text, [summary(each) for each in undone_by])
        origin = _origin_of(request, decision)
        told = Member.objects.filter(pk=decision.member_id if decision.is_notified else None)
        page = ReasonPage(
            title=_("Undo: %(action)s") % {"action": decision_label(decision)},
            subject=decision.subject_label,
            preview=preview_undo(decision),
            reasons=UNDO_REASONS,
            languages=list(told.values_list("language", flat=True)),
            decide=partial(undo, decision, by=actor),
            back=page_of_record(origin),
            back_label=record_label(origin),
        )
        return page.respond(request)


def _possible_causes(action: Action, known: Any, request: HttpRequest) -> Any:
    """Return the decisions that may be why an action on a case is not possible any more.

    Most decisions about a member have nothing to do with it: without knowing which are new, only the same one is named.
    """
    if action.subject_kind != "member" or seen_decisions(request) is not None:
        return known
    return known.not_undone().filter(action__startswith=action.name.removesuffix("_for_good"))


def _languages_of(action: Action, subject: Any) -> list[str]:
    """Return the language of the member who will read the text, if one will."""
    member = action.member_of(subject) if action.will_tell_member(subject) else None
    return [member.language] if member else []


def _subjects(request: HttpRequest, kind: str) -> QuerySet[Any]:
    """Return the records of a kind without reports on who looks: they do not exist for them."""
    subjects = SUBJECTS[kind]
    return subjects.not_on(request.user) if kind == "report" else subjects  # type: ignore[attr-defined]


def _report_of(request: HttpRequest) -> Report | None:
    """Return the report because of which something is done. Raises Http404 for one that nobody made."""
    number = request.GET.get("report", "")
    if not number:
        return None
    if not (number.isascii() and number.isdigit() and len(number) < 20):
        raise Http404
    report: Report = get_object_or_404(_subjects(request, "report"), pk=int(number))
    return report


def _options_of(request: HttpRequest, action: Action) -> dict[str, Any]:
    """Return the options of the address. Raises Http404 for a missing or unknown value."""
    options = {}
    for name, values in action.options.items():
        known = {str(value): value for value in values}
        if request.GET.get(name) not in known:
            raise Http404
        options[name] = known[request.GET[name]]
    return options


def _origin_of(request: HttpRequest, decision: Decision) -> Any:
    """Return the report because of which it was decided, or its subject; the decision itself if neither is there."""
    for kind, pk in (("report", decision.report_id), (decision.subject_kind, decision.subject_id)):
        record = _subjects(request, kind).filter(pk=pk or 0).first() if kind in SUBJECTS else None
        if record is not None:
            return record
    return decision
