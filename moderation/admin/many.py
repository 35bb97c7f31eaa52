"""Decide about several cases of the queue at once."""

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.actions import ACTIONS, Action
from moderation.actions.changes import decisions_on
from moderation.actions.many import MANY, ActionResult, run_many
from moderation.actors import Actor
from moderation.admin.action_links import actor_of
from moderation.admin.labels import record_label, summary
from moderation.admin.queue import BULK_ACTIONS, CASES_SHOWN
from moderation.admin.reason_page import ReasonPage, next_case_link, refuse, undo_link
from moderation.errors import AlreadyDecided, SubjectGone, TooManySubjects
from moderation.models import Decision, Report

# What removes a case of another kind.
REMOVALS = {Report.POST: "remove_post", Report.COMMENT: "remove_comment"}


class ChosenCase(NamedTuple):
    """A case of the queue, what the action is done to, and why it is left out, if it is."""

    report: Report
    subject: Any
    obstacle: str


def decide_many(request: HttpRequest) -> HttpResponse:
    """Say what an action will do to the chosen cases and ask for the reason, then do it to each."""
    action, actor, back = ACTIONS.get(request.GET.get("action", "")), actor_of(request), reverse("admin:index")
    if action is None or action.name not in BULK_ACTIONS:
        raise Http404
    if not actor.may(action.permission):
        raise PermissionDenied
    cases = _examine(action, _chosen(request), actor)
    if not cases:
        return refuse(request, back, _("Choose the cases first."))
    possible = [case for case in cases if not case.obstacle]
    left_out = [f"{record_label(case.report)}: {case.obstacle}" for case in cases if case.obstacle]
    if not possible:
        return refuse(request, back, " ".join([_("This cannot be done to any of the chosen cases."), *left_out]))
    if len(possible) > MANY and not actor.may("decide_many"):
        return refuse(request, back, str(TooManySubjects()))
    return _page(action, possible, left_out, actor, back).respond(request)


def _page(action: Action, cases: list[ChosenCase], left_out: list[str], actor: Actor, back: str) -> ReasonPage:
    subjects = [case.subject for case in cases]
    names = ngettext("%(number)d case: %(names)s", "%(number)d cases: %(names)s", len(cases))
    told = [action.member_of(subject) for subject in subjects if action.will_tell_member(subject)]
    return ReasonPage(
        title=str(action.label),
        subject=names % {"number": len(cases), "names": ", ".join(case.report.nickname for case in cases)},
        preview=_preview(action, subjects, tells_members=bool(told)),
        reasons=action.reasons,
        languages=[member.language for member in told if member],
        decide=partial(run_many, action, subjects, by=actor),
        announce=partial(_announce, action=action, left_out=left_out),
        back=back,
        left_out=left_out,
    )


def _chosen(request: HttpRequest) -> list[Report]:
    """Return the chosen reports in the order of the queue's page; ids that nobody has are left out."""
    numbers = [
        int(text) for text in request.GET.getlist("report") if text.isascii() and text.isdigit() and len(text) < 20
    ]
    reports = Report.objects.not_on(request.user).select_related("subject", "post", "comment")
    found = reports.in_bulk(numbers[:CASES_SHOWN])
    chosen = [found[number] for number in dict.fromkeys(numbers) if number in found]
    prefetch_related_objects([each.subject for each in chosen if each.subject and each.subject.is_staff], "groups")
    return chosen


def _examine(action: Action, reports: list[Report], by: Actor) -> list[ChosenCase]:
    """Return the cases, each with the reason why the action is not done to it. One statement, whatever the number."""
    ids = [report.decision_id for report in reports if report.decision_id]
    closing = Decision.objects.not_of_reports_on(by.member_id).in_bulk(ids)
    cases = []
    for report in reports:
        subject = _subject_of(action, report)
        decision = closing.get(report.decision_id or 0)
        cases.append(ChosenCase(report, subject, _find_obstacle(action, report, subject, decision, by)))
    return cases


def _subject_of(action: Action, report: Report) -> Any:
    """Return what the action is done to in a case; None if there is no such thing, or not any more."""
    if action.subject_kind == "report":
        return report
    subject: Any = getattr(report, action.subject_kind)
    if subject is None or subject.author_id is None:
        return None
    # The same member, who needs no second statement.
    subject.author = report.subject
    return subject


def _find_obstacle(action: Action, report: Report, subject: Any, decision: Decision | None, by: Actor) -> str:
    """Return why the action is not done to this case; empty if it is."""
    if report.state != Report.OPEN:
        return _in_words(AlreadyDecided(), [decision] if decision else [])
    if action.subject_kind not in ("report", report.about):
        return _other_way(report)
    if subject is None:
        return str(SubjectGone())
    if action.subject_kind != "report" and subject.removed_at is not None:
        # Whether it is only hidden by a rule takes a statement for each, so that is asked when it is done.
        return ""
    return str(action.find_refusal(subject, by=by) or "")


def _other_way(report: Report) -> str:
    if report.about not in REMOVALS:
        return _("This is about a member: decide on the page of the case.")
    return _("Choose “%(action)s” for it.") % {"action": ACTIONS[REMOVALS[report.about]].label}


def _preview(action: Action, subjects: list[Any], *, tells_members: bool) -> list[str]:
    """Return what happens to each case, how many reports that closes, and who gets an e-mail."""
    reports = Report.objects.open().of_same_subjects(subjects)
    number = reports.count() if action.closes_reports else 0
    return [
        *dict.fromkeys(sentence for subject in subjects for sentence in action.describe(subject)),
        *action.preview_consequences(number, tells_member=tells_members),
        _("Each case is decided by itself, and has a decision of its own, which can be undone by itself."),
    ]


def _announce(request: HttpRequest, results: list[ActionResult], *, action: Action, left_out: Sequence[str]) -> None:
    """Say for how many cases it was done, with the links that undo each, and why it was not for the others."""
    by, number = actor_of(request), len(results) + len(left_out)
    done = sum(result.decision is not None for result in results)
    sentence = ngettext(
        "%(action)s: done for %(done)d of %(number)d case.",
        "%(action)s: done for %(done)d of %(number)d cases.",
        number,
    )
    text = sentence % {"action": action.label, "done": done, "number": number}
    made = {result.decision.pk: result for result in results if result.decision is not None}
    links = ((record_label(each.subject), undo_link(each.decision)) for each in made.values() if each.decision)
    undo = format_html("{}.", format_html_join(", ", "{} {}", links)) if made else ""
    messages.add_message(
        request,
        messages.SUCCESS if made else messages.WARNING,
        format_html("{} {} {}", text, undo, next_case_link()),
    )
    refused = [f"{record_label(each.subject)}: {_refusal(each, by)}" for each in results if each.error is not None]
    if left_out or refused:
        lines = ((line,) for line in [*left_out, *refused])
        messages.warning(request, format_html_join(SafeString("<br>"), "{}", lines))


def _refusal(result: ActionResult, by: Actor) -> str:
    is_decided = isinstance(result.error, AlreadyDecided)
    return _in_words(result.error, decisions_on(result.subject, None, by)[:1] if is_decided else [])


def _in_words(error: Any, decisions: Any) -> str:
    return " ".join([str(error), *(f"{summary(decision)}." for decision in decisions)])
