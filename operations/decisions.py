"""Stores what operators change by commands that no action of moderation covers, among the decisions of moderation."""

from libs.commands.operators import OperatorAction, add_action_listener
from moderation.actors import Actor
from moderation.models import Decision

SUBJECT_KIND, REASON = "server", "operation"


def store_decision(action: OperatorAction) -> None:
    """Store one action; nobody is told of it, and no undo is offered."""
    actor = Actor.operator(action.operator)
    Decision.objects.create(
        action=action.command.replace(" ", "_").replace("-", "_")[:40],
        actor_kind=actor.kind,
        actor_name=actor.name,
        subject_kind=SUBJECT_KIND,
        subject_name=action.subject,
        reason=REASON,
        after=dict(action.details),
    )


add_action_listener(store_decision)
