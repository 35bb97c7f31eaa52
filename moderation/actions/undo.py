"""Undo a decision, by another decision."""

from django.db import transaction

from accounts.models import Member
from libs.outbox.queue import enqueue
from moderation.actions import ACTIONS
from moderation.actors import Actor
from moderation.errors import CannotUndo, RankTooLow, ReasonInvalid
from moderation.models import Decision
from moderation.ranks import Rank, rank_of
from moderation.reasons import NEEDS_TEXT, TEXT_MAX_LENGTH

UNDO_REASONS = ("mistake", "request", "other")


def may_undo(decision: Decision, *, by: Member | Actor) -> bool:
    """Return whether the actor may undo the decision. What was changed since is only seen when it is done."""
    actor, action = Actor.of(by), ACTIONS.get(decision.action)
    if action is None or not action.has_undo or not actor.may(action.permission) or decision.subject_id is None:
        return False
    return _has_rank(actor, decision) and not Decision.objects.filter(undoes_id=decision.pk).exists()


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
    if not _has_rank(actor, decision):
        raise RankTooLow
    # Locked, so that of two undos one comes first.
    locked = Decision.objects.select_for_update().get(pk=decision.pk)
    if Decision.objects.filter(undoes_id=locked.pk).exists():
        raise CannotUndo
    undoing = action.record_undo(locked, actor, reason=reason, text=text)
    if undoing.is_notified:
        enqueue("moderation.mail_decision", {"decision_id": undoing.pk})
    return undoing


def _has_rank(actor: Actor, decision: Decision) -> bool:
    """Whether the actor may act on the member concerned, and has the rank of who decided."""
    member = Member.objects.filter(pk=decision.member_id).first()
    if member is not None and not actor.outranks(member):
        return False
    if decision.actor_kind == Actor.OPERATOR:
        return actor.rank >= Rank.SENIOR_MODERATOR
    decider = Member.objects.filter(pk=decision.actor_id).first()
    return decider is None or rank_of(decider) <= actor.rank
