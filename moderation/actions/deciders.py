"""Who took a decision, compared with who wants to change it."""

from collections.abc import Collection
from itertools import takewhile
from typing import Any

from accounts.models import Member
from moderation.actors import Actor
from moderation.errors import RankTooLow
from moderation.models import Decision
from moderation.ranks import Rank, rank_column, rank_of

# Columns of decisions for a page that shows many: the rank of who decided and that of the member concerned.
RANKS: dict[str, Any] = {"decider_rank": rank_column("actor_id"), "member_rank": rank_column("member_id")}


def is_decider(actor: Actor, decision: Decision) -> bool:
    """Return whether the actor took the decision."""
    if decision.actor_kind == Actor.SYSTEM:
        return False
    taken_by = (decision.actor_kind, decision.actor_id, decision.actor_name if decision.actor_id is None else None)
    return taken_by == (actor.kind, actor.member_id, actor.name if actor.member_id is None else None)


def has_rank_of_decider(actor: Actor, decision: Decision) -> bool:
    """Return whether the rank of the actor is that of who decided, or higher.

    What operators decided at the command line is for senior moderators; what a rule decided, for everybody. Costs no
    statement for a decision that was selected with RANKS.
    """
    if decision.actor_kind == Actor.OPERATOR:
        return actor.rank >= Rank.SENIOR_MODERATOR
    if hasattr(decision, "decider_rank"):
        return bool(decision.decider_rank <= actor.rank)
    decider = Member.objects.filter(pk=decision.actor_id or 0).first()
    return decider is None or rank_of(decider) <= actor.rank


def may_act_for(actor: Actor, decision: Decision) -> bool:
    """Return whether ranks let the actor change the decision: that of who decided, and of the member concerned.

    Nobody changes a decision of a report on themselves.
    """
    if not Decision.objects.not_of_reports_on(actor.member_id).filter(pk=decision.pk).exists():
        return False
    member = Member.objects.filter(pk=decision.member_id or 0).first()
    return (member is None or actor.outranks(member)) and has_rank_of_decider(actor, decision)


def find_causes(kind: str, pk: int, *, actions: Collection[str], ended_by: str) -> list[Decision]:
    """Return the decisions of these actions that stand since the last one that ended what they did, newest first."""
    standing = Decision.objects.about(kind, pk).not_undone().filter(action__in=(*actions, ended_by)).newest_first()
    return list(takewhile(lambda decision: decision.action != ended_by, standing))


def require_rank_of_deciders(actor: Actor, decisions: list[Decision]) -> None:
    """Raise RankTooLow for an actor who may not change one of the decisions."""
    if not all(has_rank_of_decider(actor, decision) for decision in decisions):
        raise RankTooLow
