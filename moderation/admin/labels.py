"""The names of decisions and of what they are about, in words."""

from typing import Any

from django.utils.formats import date_format
from django.utils.text import Truncator, capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.models import Comment
from moderation.actions import ACTIONS
from moderation.models import Appeal, Decision
from posts.models import Post

UNDO = gettext_lazy("Undo")
NAME_SHOWN = 40


def action_label(name: str) -> str:
    """Return the name of an action, of its undo, or of an operators' command, in words."""
    if name in ACTIONS or name == "undo":
        return str(ACTIONS[name].label if name in ACTIONS else UNDO)
    return _("Command on the server: %(command)s") % {"command": name.replace("_", " ")}


def decision_label(decision: Decision) -> str:
    """Return what was decided, as the button said it."""
    action = ACTIONS.get(decision.action)
    return action.title_of(decision) if action else action_label(decision.action)


def summary(decision: Decision) -> str:
    """Return in one line who decided what, and when."""
    when = date_format(localtime(decision.created_at), "DATETIME_FORMAT")
    return f"{decision.decider_name}: {decision_label(decision)}, {when}"


def record_label(record: Any) -> str:
    """Return the name of the page of a record."""
    if isinstance(record, Decision):
        return decision_label(record)
    kind = record.get_about_display() if record._meta.model_name == "report" else record._meta.verbose_name
    # A post or comment is named by its author, as its case is, and an appeal by who makes it.
    named = record.author if isinstance(record, Post | Comment) else record
    named = record.member if isinstance(record, Appeal) else named
    name = getattr(named, "nickname", "") or str(named)
    return Truncator(f"{capfirst(kind)}: {name}").chars(NAME_SHOWN)
