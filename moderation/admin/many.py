"""Decide about several cases of the queue at once."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.actions import ACTIONS, Action
from moderation.actions.changes import decisions_on
from moderation.actions.many import MANY, ActionResult, run_many
from moderation.admin.action_links import actor_of
from moderation.admin.labels import record_label, summary
from moderation.admin.queue import BULK_ACTIONS, CASES_SHOWN
from moderation.admin.reason_page import ReasonPage, next_case_link, refuse, undo_link
from moderation.errors import AlreadyDecided, TooManySubjects
from moderation.models import Report


def decide_many(request: HttpRequest) -> HttpResponse:
    """Say what an action will do to the chosen cases and ask for the reason, then do it to each."""
    action, actor, back = ACTIONS.get(request.GET.get("action", "")), actor_of(request), reverse("admin:index")
    if action is None or action.name not in BULK_ACTIONS:
        raise Http404
    if not actor.may(action.permission):
        raise PermissionDenied
    reports = _chosen(request)
    decided = [report for report in reports if report.post] if action.subject_kind == "post" else reports
    subjects = [report.post for report in decided] if action.subject_kind == "post" else decided
    if not subjects:
        return refuse(request, back, _("Choose the cases first."))
    if len(subjects) > MANY and not actor.may("decide_many"):
        return refuse(request, back, str(TooManySubjects()))
    told = [action.member_of(subject) for subject in subjects if action.will_tell_member(subject)]
    names = ngettext("%(number)d case: %(names)s", "%(number)d cases: %(names)s", len(subjects))
    page = ReasonPage(
        title=str(action.label),
        subject=names % {"number": len(subjects), "names": ", ".join(report.nickname for report in decided)},
        preview=[*_left_out(len(reports) - len(decided)), *_preview(action, subjects, tells_members=bool(told))],
        reasons=action.reasons,
        languages=[member.language for member in told if member],
        decide=partial(run_many, action, subjects, by=actor),
        announce=_announce,
        back=back,
    )
    return page.respond(request)


def _chosen(request: HttpRequest) -> list[Report]:
    """Return the chosen reports in the order of the queue's page; ids that nobody has are left out."""
    numbers = [
        int(text) for text in request.GET.getlist("report") if text.isascii() and text.isdigit() and len(text) < 20
    ]
    reports = Report.objects.not_on(request.user).select_related("subject", "post__author", "comment")
    found = reports.in_bulk(numbers[:CASES_SHOWN])
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def _left_out(number: int) -> list[str]:
    """Return a sentence about the chosen cases without a post."""
    sentence = ngettext(
        "%(number)d case about a member or a deleted post is left out: this removes posts only.",
        "%(number)d cases about members or deleted posts are left out: this removes posts only.",
        number,
    )
    return [sentence % {"number": number}] if number else []


def _preview(action: Action, subjects: list[Any], *, tells_members: bool) -> list[str]:
    """Return what happens to each case, how many reports that closes, and who gets an e-mail."""
    reports = Report.objects.open().of_same_subjects(subjects)
    number = reports.count() if action.closes_reports else 0
    return [
        *dict.fromkeys(sentence for subject in subjects for sentence in action.describe(subject)),
        *action.preview_consequences(number, tells_member=tells_members),
        _("Each case is decided by itself, and has a decision of its own, which can be undone by itself."),
    ]


def _announce(request: HttpRequest, results: list[ActionResult]) -> None:
    """Say which cases were decided, with the links that undo each, and why the others were not."""
    by = actor_of(request)
    made = {result.decision.pk: result for result in results if result.decision is not None}
    if made:
        text = ngettext("%(number)d case is decided.", "%(number)d cases are decided.", len(made))
        links = ((record_label(each.subject), undo_link(each.decision)) for each in made.values() if each.decision)
        undo = format_html_join(", ", "{} {}", links)
        messages.success(request, format_html("{} {}. {}", text % {"number": len(made)}, undo, next_case_link()))
    for result in results:
        if result.error is not None:
            decisions = decisions_on(result.subject, None, by)[:1] if isinstance(result.error, AlreadyDecided) else []
            said = [str(result.error), *(f"{summary(each)}." for each in decisions)]
            messages.warning(request, f"{record_label(result.subject)}: {' '.join(said)}")
