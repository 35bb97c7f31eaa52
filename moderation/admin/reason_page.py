"""The page that says what a decision will do and asks for its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from moderation.actions import ACTIONS
from moderation.actions.changes import newest_since
from moderation.admin.action_forms import ReasonForm
from moderation.admin.labels import UNDO, decision_label, summary
from moderation.admin.revealing import remember_revealed
from moderation.errors import ActionRefused
from moderation.models import Decision


@dataclass(frozen=True)
class ReasonPage:
    """What the page shows, and what it does when the reason is given."""

    title: str
    subject: str
    preview: Sequence[str]
    reasons: Sequence[str]
    # The languages of the members who read the text; none if only the staff does.
    languages: Sequence[str]
    # Called with the reason and the text.
    decide: Callable[..., Any]
    # Where to go afterwards, or without a decision, and the name of that page; no name for the first page.
    back: str
    back_label: str = ""
    initial_reason: str = ""
    # Sentences on how it is now.
    state: Sequence[str] = ()
    # The decision that an answer to an appeal is about.
    appealed: Decision | None = None
    # The chosen cases that are left out, each with the reason.
    left_out: Sequence[str] = ()
    # Fields above the reason, whose values `decide` gets too.
    fields: Mapping[str, Field] = dataclass_field(default_factory=dict)
    # The decisions on the same case; `decide` gets how many of them the form has seen.
    known: QuerySet[Decision] | None = None
    # Whether the message leads to the next case.
    leads_on: bool = False
    # Called with the request and with what `decide` returned; `announce_decision` if it is None.
    announce: Callable[[HttpRequest, Any], None] | None = None

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or take the decision; a refusal is shown above the form."""
        form = ReasonForm(
            request.POST if request.method == "POST" else None,
            initial={"reason": self.reasons[0] if len(self.reasons) == 1 else self.initial_reason},
            reasons=self.reasons,
            languages=self.languages,
            first=self.fields,
        )
        meanwhile: list[str] = []
        if request.method == "POST" and form.is_valid():
            seen = {} if self.known is None else {"seen": seen_decisions(request)}
            try:
                result = self.decide(**form.cleaned_data, **seen)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
                meanwhile = summaries_since(self.known, seen_decisions(request))
            else:
                (self.announce or self.announce_decision)(request, result)
                return redirect(self.back)
        context = self._context(request, form) | {"meanwhile": meanwhile}
        return TemplateResponse(request, "admin/moderation/action.html", context)

    def announce_decision(self, request: HttpRequest, decision: Decision) -> None:
        """Say what was done, with links to undo it and to the next case."""
        remember_revealed(request, decision)
        happened = " ".join(map(str, self.preview))
        text = format_html("{}: {}. {} {}", _("Done"), decision_label(decision), happened, undo_link(decision))
        if self.leads_on:
            text = format_html("{} {}", text, next_case_link(decision.report_id or decision.subject_id))
        messages.success(request, text)

    def _context(self, request: HttpRequest, form: ReasonForm) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "title": self.title,
            "subject_text": self.subject,
            "preview": self.preview,
            "back": self.back,
        }
        crumbs = [(self.back, self.back_label)] if self.back_label else []
        seen = None if self.known is None else self.known.count()
        shown |= {"state": self.state, "left_out": self.left_out, "appealed": self.appealed}
        shown |= {"appealed_label": decision_label(self.appealed) if self.appealed else ""}
        return admin.site.each_context(request) | shown | {"form": form, "crumbs": crumbs, "seen": seen}


def refuse(request: HttpRequest, back: str, text: str = "", meanwhile: Sequence[str] = ()) -> HttpResponse:
    """Lead back to the page from where somebody wanted to do what cannot be done; `meanwhile` is what others did."""
    default = _("This is not possible, or not for your role. Look at the present state.")
    messages.error(request, " ".join([text or default, *(f"{each}." for each in meanwhile)]))
    return redirect(back)


def seen_decisions(request: HttpRequest) -> int | None:
    """Return how many decisions on the case the form has seen; None for a request that does not say it."""
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def summaries_since(decisions: QuerySet[Decision] | None, seen: int | None) -> list[str]:
    """Return who decided what since there were `seen` decisions; the newest decision if that is not known."""
    if decisions is None:
        return []
    found = newest_since(decisions, seen) if seen is not None else decisions[:1]
    return [summary(decision) for decision in found]


def undo_link(decision: Decision) -> SafeString:
    """Return the link that undoes a decision; empty for one without an undo."""
    action = ACTIONS.get(decision.action)
    if action is None or not action.has_undo:
        return SafeString("")
    return format_html('<a href="{}">{}</a>', reverse("admin:moderation_decision_undo", args=[decision.pk]), UNDO)


def next_case_link(report_id: int | None = None) -> SafeString:
    """Return the link to the most urgent case but that of the report."""
    url = reverse("admin:moderation_report_next")
    return format_html('<a href="{}">{}</a>', f"{url}?after={report_id}" if report_id else url, _("Next case"))
