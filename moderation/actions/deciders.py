"""Who took a decision, compared with who wants to change it."""

from accounts.models import Member
from moderation.actors import Actor
from moderation.models import Decision
from moderation.ranks import Rank, rank_of


def is_decider(actor: Actor, decision: Decision) -> bool:
    """Return whether the actor took the decision."""
    if decision.actor_kind == Actor.SYSTEM:
        return False
    taken_by = (decision.actor_kind, decision.actor_id, decision.actor_name if decision.actor_id is None else None)
    return taken_by == (actor.kind, actor.member_id, actor.name if actor.member_id is None else None)


def has_rank_of_decider(actor: Actor, decision: Decision) -> bool:
    """Return whether the rank of the actor is that of who decided, or higher.

    What operators decided at the command line is for senior moderators; what a rule decided, for everybody.
    """
    if decision.actor_kind == Actor.OPERATOR:
        return actor.rank >= Rank.SENIOR_MODERATOR
    decider = Member.objects.filter(pk=decision.actor_id or 0).first()
    return decider is None or rank_of(decider) <= actor.rank


def may_act_for(actor: Actor, decision: Decision) -> bool:
    """Return whether ranks let the actor change the decision: that of who decided, and of the member concerned."""
    member = Member.objects.filter(pk=decision.member_id or 0).first()
    return (member is None or actor.outranks(member)) and has_rank_of_decider(actor, decision)
