"""The page that says what a decision will do and asks for its reason."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from django.contrib import admin, messages
from django.forms import Field
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from moderation.actions import ACTIONS
from moderation.admin.action_forms import ReasonForm
from moderation.admin.labels import UNDO, action_label
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
    is_read_by_member: bool
    # Called with the reason and the text.
    decide: Callable[..., Any]
    # Where to go afterwards, or without a decision.
    back: str
    initial_reason: str = ""
    # Fields above the reason, whose values `decide` gets too.
    fields: Mapping[str, Field] = dataclass_field(default_factory=dict)
    # Called with the request and with what `decide` returned; `announce_decision` if it is None.
    announce: Callable[[HttpRequest, Any], None] | None = None

    def respond(self, request: HttpRequest) -> HttpResponse:
        """Show the page, or take the decision; a refusal is shown above the form."""
        form = ReasonForm(
            request.POST if request.method == "POST" else None,
            initial={"reason": self.reasons[0] if len(self.reasons) == 1 else self.initial_reason},
            reasons=self.reasons,
            is_read_by_member=self.is_read_by_member,
            first=self.fields,
        )
        if request.method == "POST" and form.is_valid():
            try:
                result = self.decide(**form.cleaned_data)
            except ActionRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                (self.announce or announce_decision)(request, result)
                return redirect(self.back)
        return TemplateResponse(request, "admin/moderation/action.html", self._context(request, form))

    def _context(self, request: HttpRequest, form: ReasonForm) -> dict[str, Any]:
        shown = {"title": self.title, "subject_text": self.subject, "preview": self.preview, "back": self.back}
        return admin.site.each_context(request) | shown | {"form": form, "opts": Decision._meta}


def refuse(request: HttpRequest, back: str, text: str = "") -> HttpResponse:
    """Lead back to the page from where somebody wanted to do what cannot be done."""
    default = _("This is not possible any more, or not for your role. Look at the present state.")
    messages.error(request, text or default)
    return redirect(back)


def announce_decision(request: HttpRequest, decision: Decision) -> None:
    """Say what was done, with a link to undo it."""
    remember_revealed(request, decision)
    text = format_html("{}: {}.", _("Done"), action_label(decision.action))
    action = ACTIONS.get(decision.action)
    if action is not None and action.has_undo:
        url = reverse("admin:moderation_decision_undo", args=[decision.pk])
        text = format_html('{} <a href="{}">{}</a>', text, url, UNDO)
    messages.success(request, text)
