"""Decide about several cases of the queue at once."""

from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from moderation.actions import ACTIONS
from moderation.actions.many import MANY, ActionResult, run_many
from moderation.admin.action_links import actor_of
from moderation.admin.queue import BULK_ACTIONS, CASES_SHOWN
from moderation.admin.reason_page import ReasonPage, refuse
from moderation.errors import TooManySubjects
from moderation.models import Report


def decide_many(request: HttpRequest) -> HttpResponse:
    """Say what an action will do to the chosen cases and ask for the reason, then do it to each."""
    action, actor, back = ACTIONS.get(request.GET.get("action", "")), actor_of(request), reverse("admin:index")
    if action is None or action.name not in BULK_ACTIONS:
        raise Http404
    if not actor.may(action.permission):
        raise PermissionDenied
    reports = _chosen(request)
    subjects = [report.post for report in reports if report.post] if action.subject_kind == "post" else reports
    if not subjects:
        return refuse(request, back, _("Choose the cases first."))
    if len(subjects) > MANY and not actor.may("decide_many"):
        return refuse(request, back, str(TooManySubjects()))
    names = ngettext("%(number)d case: %(names)s", "%(number)d cases: %(names)s", len(subjects))
    page = ReasonPage(
        title=str(action.label),
        subject=names % {"number": len(subjects), "names": ", ".join(report.nickname for report in reports)},
        preview=[_("Each case is decided by itself, and has a decision of its own, which can be undone by itself.")],
        reasons=action.reasons,
        is_read_by_member=action.notifies_member,
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
    found = Report.objects.select_related("subject", "post__author").in_bulk(numbers[:CASES_SHOWN])
    return [found[number] for number in dict.fromkeys(numbers) if number in found]


def _announce(request: HttpRequest, results: list[ActionResult]) -> None:
    """Say how many were decided, and why the others were not."""
    done = sum(result.decision is not None for result in results)
    text = ngettext("%(number)d case is decided.", "%(number)d cases are decided.", done)
    messages.success(request, text % {"number": done})
    errors: dict[str, int] = {}
    for result in results:
        if result.error is not None:
            errors[str(result.error)] = errors.get(str(result.error), 0) + 1
    for error, number in errors.items():
        messages.warning(request, f"{number}: {error}")
