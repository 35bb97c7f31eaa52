"""The names of decisions in words."""

from django.utils.translation import gettext_lazy as _

from moderation.actions import ACTIONS

UNDO = _("Undo")


def action_label(name: str) -> str:
    """Return the name of an action, or of its undo, in words."""
    return str(UNDO if name == "undo" else ACTIONS[name].label if name in ACTIONS else name)
