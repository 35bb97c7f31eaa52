"""Why an action of moderation is refused: each error has a stable code, and a sentence for the moderator.

Only the admin and commands show them; the API has no moderators, and one error of its own.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class AppealNotPossible(APIException):
    """The decision cannot be appealed against: it is undone, too old, of another kind, or was appealed against."""

    status_code = 409
    default_code = "appeal_not_possible"
    default_detail = _("You can appeal against a decision once, within six months, and only while it stands.")


class ActionRefused(Exception):
    """An action was not done, and nothing was changed. `str(error)` says why, and what to do."""

    code = "refused"
    message: Any = _("This cannot be done.")

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or self.message)

    def __str__(self) -> str:
        return str(self.args[0])


class NotPermitted(ActionRefused):
    """The actor's groups do not have the permission."""

    code = "not_permitted"
    message = _("Your role does not allow this.")


class RankTooLow(ActionRefused):
    """The action concerns the actor, or somebody whose rank is not below theirs."""

    code = "rank_too_low"
    message = _(
        "Nobody acts on themselves, or on somebody of an equal or a higher rank. Ask somebody of a higher rank."
    )


class OwnDecision(ActionRefused):
    """The actor took the decision that is appealed against."""

    code = "own_decision"
    message = _("An appeal is answered by somebody else than who took the decision.")


class ReasonInvalid(ActionRefused):
    """The reason is none of those of the action, or has no text although it needs one."""

    code = "reason_invalid"
    message = _("Choose one of the reasons. “Another reason” needs a text.")


class OptionInvalid(ActionRefused):
    """An option of the action is missing, unknown, or has a value that is not possible."""

    code = "option_invalid"
    message = _("This is not one of the possible values.")


class SubjectGone(ActionRefused):
    """What was to be acted on has been deleted meanwhile."""

    code = "subject_gone"
    message = _("This has been deleted meanwhile.")


class AlreadyDecided(ActionRefused):
    """Somebody else was first, or there is nothing to change."""

    code = "already_decided"
    message = _("This has been decided already.")


class ChangedMeanwhile(ActionRefused):
    """Somebody else decided about the same case since the actor looked at it, or the actor in another window."""

    code = "changed_meanwhile"
    message = _("Something was decided meanwhile, so nothing was done now. Send the form again if you still want it.")


class CannotUndo(ActionRefused):
    """The decision is undone already, has no undo, or what it changed has been changed since."""

    code = "cannot_undo"
    message = _("This decision cannot be undone: it is undone already, or something has changed since.")


class TooManySubjects(ActionRefused):
    """More subjects at once than the actor's rank allows."""

    code = "too_many_subjects"
    message = _("Only a senior moderator may decide about more than ten at once.")
