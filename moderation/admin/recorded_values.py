"""What a decision recorded, in words: the values before and after, which are stored as JSON."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models.member import FOR_GOOD
from moderation.models import Decision, ListedWord, Report
from moderation.reasons import REASON_LABELS
from moderation.roles import ROLE_LABELS


class RecordedValue(NamedTuple):
    """One line of the page of a decision."""

    label: str
    before: str
    after: str


LABELS: dict[str, Any] = {
    "about": gettext_lazy("text about oneself"),
    "assigned": gettext_lazy("taken over"),
    "decision_id": gettext_lazy("number of the decision"),
    "ended": gettext_lazy("login sessions ended"),
    "hides_reported_posts": gettext_lazy("hides posts that many report"),
    "image_id": gettext_lazy("profile photo"),
    "is_whole": gettext_lazy("only as a whole word"),
    "muted": gettext_lazy("muted as a reporter"),
    "nickname": gettext_lazy("nickname"),
    "reaction": gettext_lazy("reaction"),
    "reason": gettext_lazy("reason of the reports"),
    "removed": gettext_lazy("post removed"),
    "reporters_to_hide": gettext_lazy("reporters that hide a post"),
    "reports": gettext_lazy("reports open again"),
    "restored": gettext_lazy("post visible again"),
    "roles": gettext_lazy("role"),
    "staff": gettext_lazy("belongs to the staff"),
    "state": gettext_lazy("reports"),
    "superuser": gettext_lazy("superuser"),
    "suspended_until": gettext_lazy("suspended until"),
    "text": gettext_lazy("word"),
}


# Recorded for `title_of`, which says it.
NAMED_BY_LABEL = ("days",)


def recorded_values(decision: Decision) -> list[RecordedValue]:
    """Return what was before and after, with "-" for what was not there."""
    before, after = decision.before, decision.after
    return [
        RecordedValue(str(LABELS.get(key, key)), _in_words(key, before.get(key)), _in_words(key, after.get(key)))
        for key in {**before, **after}
        if key not in NAMED_BY_LABEL
    ]


def _in_words(key: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, "", []):
        return "-"
    return str(IN_WORDS[key](value) if key in IN_WORDS else value)


def _time(value: str) -> str:
    time = datetime.fromisoformat(value)
    return _("without an end") if time >= FOR_GOOD else date_format(localtime(time), "DATETIME_FORMAT")


# Values that are codes.
IN_WORDS: dict[str, Callable[[Any], Any]] = {
    "image_id": lambda value: _("image %(number)s") % {"number": value},
    "reaction": lambda value: dict(ListedWord.REACTIONS).get(value, value),
    "reason": lambda value: REASON_LABELS.get(value, value),
    "reports": len,
    "roles": lambda names: ", ".join(str(ROLE_LABELS.get(name, name)) for name in names),
    "state": lambda value: dict(Report._meta.get_field("state").choices or ()).get(value, value),
    "suspended_until": _time,
}
