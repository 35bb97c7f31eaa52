"""Undo a decision, by another decision."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Member
from moderation.actions import ACTIONS
from moderation.actions.base import lock_member
from moderation.actions.deciders import has_rank_of_decider, may_act_for
from moderation.actors import Actor
from moderation.decision_notices import notify_member
from moderation.errors import ActionRefused, CannotUndo, RankTooLow, ReasonInvalid
from moderation.models import Appeal, Decision, Report
from moderation.reasons import NEEDS_TEXT, TEXT_MAX_LENGTH

UNDO_REASONS = ("mistake", "request", "other")


def is_undo_allowed(decision: Any, by: Actor) -> bool:
    """Return whether the actor may undo a decision that is not undone yet and was selected with RANKS.

    Asks no statement, since pages show many decisions: what was changed since is only seen when it is done.
    """
    action = ACTIONS.get(decision.action)
    if action is None or not action.has_undo or not by.may(action.permission) or decision.subject_id is None:
        return False
    if decision.member_id is not None and (decision.member_id == by.member_id or decision.member_rank >= by.rank):
        return False
    try:
        action.check_undo(decision, by)
    except ActionRefused:
        return False
    return has_rank_of_decider(by, decision)


def preview_undo(decision: Decision) -> list[str]:
    """Return sentences that say what the undo of a decision changes, and whom it is told."""
    sentences = ACTIONS[decision.action].describe_undo(decision)
    number = Report.objects.filter(decision_id=decision.pk, reporter__isnull=False).count()
    if number:
        sentence = ngettext(
            "%(number)d report is open again. Its reporter is told of the next decision, and not of this undo.",
            "%(number)d reports are open again. Their reporters are told of the next decision, and not of this undo.",
            number,
        )
        sentences.append(sentence % {"number": number})
    if decision.is_notified:
        sentences.append(_("The member gets an e-mail with the reason and your text, but not your name."))
    return sentences


@transaction.atomic
def undo(decision: Decision, *, by: Member | Actor, reason: str, text: str = "") -> Decision:
    """Undo a decision, reopen the reports that it closed, and e-mail the member; returns the decision that does.

    Raises CannotUndo, NotPermitted, RankTooLow (also for a decision of somebody of a higher rank), ReasonInvalid or
    SubjectGone.
    """
    actor, action = Actor.of(by), ACTIONS.get(decision.action)
    if action is None:
        raise CannotUndo
    actor.require(action.permission)
    if reason not in UNDO_REASONS or (reason in NEEDS_TEXT and not text.strip()) or len(text) > TEXT_MAX_LENGTH:
        raise ReasonInvalid
    if decision.member_id is not None:
        lock_member(decision.member_id)
    if not may_act_for(actor, decision):
        raise RankTooLow
    # Locked, so that of two undos one comes first.
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    if locked.subject_id is None or Decision.objects.filter(undoes_id=locked.pk).exists():
        raise CannotUndo
    action.check_undo(locked, actor)
    undoing = action.record_undo(locked, actor, reason=reason, text=text)
    # The e-mail about the undo answers it.
    Appeal.objects.filter(decision_id=locked.pk).close(Appeal.UPHELD, undoing.pk)
    notify_member(undoing)
    return undoing
