"""Do one action to many subjects, each in a transaction of its own."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from accounts.models import Member
from moderation.actions.base import Action
from moderation.actors import Actor
from moderation.errors import ActionRefused, AlreadyDecided, TooManySubjects
from moderation.models import Decision, Report

# Without the permission "decide_many". A number.
MANY = 10


class ActionResult(NamedTuple):
    """What became of one subject: a decision, or the reason why there is none."""

    subject: Any
    decision: Decision | None = None
    error: ActionRefused | None = None


def run_many(action: Action, subjects: Iterable[Any], *, by: Member | Actor, **arguments: Any) -> list[ActionResult]:
    """Run an action on each subject, and return the results in the same order; one that is refused stops no other.

    `arguments` are those of `Action.run`. A report that was closed together with another one has its decision. Raises
    NotPermitted, and TooManySubjects for more than MANY without the permission "decide_many".
    """
    actor, chosen = Actor.of(by), list(subjects)
    actor.require(action.permission)
    if len(chosen) > MANY and not actor.may("decide_many"):
        raise TooManySubjects
    results: list[ActionResult] = []
    for subject in chosen:
        results.append(_run(action, subject, [each.decision for each in results if each.decision], actor, arguments))
    return results


def _run(action: Action, subject: Any, made: list[Decision], actor: Actor, arguments: dict[str, Any]) -> ActionResult:
    try:
        return ActionResult(subject, action.run(subject, by=actor, **arguments))
    except AlreadyDecided as error:
        if isinstance(subject, Report):
            subject.refresh_from_db(fields=["decision_id"])
            for decision in made:
                if decision.pk == subject.decision_id:
                    return ActionResult(subject, decision)
        return ActionResult(subject, error=error)
    except ActionRefused as error:
        return ActionResult(subject, error=error)
