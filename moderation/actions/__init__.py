"""The actions of moderation, by name, and the undo of decisions."""

from typing import Any

from accounts.models import Member
from moderation.actions.accounts import EndSessions, MuteReporter, RevealEmail, SetRole
from moderation.actions.appeals import DenyAppeal, UpholdAppeal
from moderation.actions.base import Action, Effect
from moderation.actions.comments import RemoveComment, RestoreComment
from moderation.actions.members import LiftSuspension, SuspendMember, SuspendMemberForGood, WarnMember
from moderation.actions.posts import HidePost, RemovePost, RestorePost
from moderation.actions.profiles import ResetAbout, ResetAvatar, ResetNickname
from moderation.actions.reports import AssignReport, DismissReport, UpholdReport
from moderation.actions.rules import AddWord, ChangeRules, RemoveWord
from moderation.actors import Actor

# In the order in which they are offered.
ACTIONS: dict[str, Action] = {
    action.name: action
    for action in (
        AssignReport(), DismissReport(), UpholdReport(), RemovePost(), RestorePost(), HidePost(),
        RemoveComment(), RestoreComment(), WarnMember(),
        ResetAvatar(), ResetNickname(), ResetAbout(), SuspendMember(), SuspendMemberForGood(), LiftSuspension(),
        EndSessions(), MuteReporter(), RevealEmail(), SetRole(), AddWord(), RemoveWord(), ChangeRules(),
    )
}  # fmt: skip
ACTIONS |= {action.name: action for action in (UpholdAppeal(ACTIONS), DenyAppeal())}


def get_action(name: str) -> Action:
    """Return the action of this name. Raises KeyError."""
    return ACTIONS[name]


def available_actions(subject: Any, *, by: Member | Actor) -> list[Action]:
    """Return the actions that the actor may do to a report, a post, a comment or a member, as it is now."""
    kind = subject._meta.model_name
    return [action for action in ACTIONS.values() if action.subject_kind == kind and action.may_run(subject, by=by)]


__all__ = ["ACTIONS", "Action", "Effect", "available_actions", "get_action"]
