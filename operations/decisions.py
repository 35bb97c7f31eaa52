"""Stores what operators change by commands that no action of moderation covers, among the decisions of moderation."""

from libs.commands.operators import OperatorAction, add_action_listener
from moderation.actors import Actor
from moderation.models import Decision

REASON = "operation"


def store_decision(action: OperatorAction) -> None:
    """Store one action, about the member with the `member_id` in its details, if any; nobody is told."""
    actor, details = Actor.operator(action.operator), dict(action.details)
    member_id = details.pop("member_id", None)
    Decision.objects.create(
        action=action.command.replace(" ", "_").replace("-", "_")[:40],
        actor_kind=actor.kind,
        actor_name=actor.name,
        subject_kind="member" if member_id else "server",
        subject_id=member_id,
        subject_name=action.subject,
        # So that the erasure of the member clears it.
        member_id=member_id,
        reason=REASON,
        after=details,
    )


add_action_listener(store_decision)
