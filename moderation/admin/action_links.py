"""The links to the pages on which a moderator does something, made of what they may do now."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from moderation.actions import ACTIONS, Action
from moderation.actors import Actor
from moderation.models import Report
from moderation.ranks import read_groups_once

# The page of what an action is done to.
PAGES = {
    "report": "admin:moderation_report_change",
    "post": "admin:posts_post_change",
    "comment": "admin:comments_comment_change",
    "member": "admin:accounts_member_change",
    "decision": "admin:moderation_decision_change",
    "appeal": "admin:moderation_appeal_change",
    "listedword": "admin:moderation_listedword_change",
}


# Actions that take something away for long.
SEVERE = ("remove_post", "remove_comment", "suspend_member_for_good")


# Whether these can be done, the database has to be asked; their own pages do that.
CHECKED_LATER = ("reset_avatar", "end_sessions", "mute_reporter")


# Of these the state is known, but not whose decision it comes from.
DECIDERS_CHECKED_LATER = ("restore_post", "restore_comment", "lift_suspension")


class ActionLink(NamedTuple):
    """A link in a template."""

    name: str
    label: str
    url: str

    @property
    def style(self) -> str:
        """The CSS class of the button."""
        return "danger" if self.name in SEVERE else "secondary"


def actor_of(request: HttpRequest) -> Actor:
    """Return who acts; one for each request, since an actor reads its rank once."""
    if not hasattr(request, "moderation_actor"):
        request.moderation_actor = Actor.of(request.user)  # type: ignore[attr-defined, arg-type]
    actor: Actor = request.moderation_actor  # type: ignore[attr-defined]
    return actor


def action_links(subject: Any, by: Actor, report: Report | None = None) -> list[ActionLink]:
    """Return a link for each action that the actor may do to the subject, and for each value of its options.

    Because of a report nobody gets a role, and not the reported member is muted but who reports: see `mute_link`.
    """
    possible = [action for action in ACTIONS.values() if action.subject_kind == subject._meta.model_name]
    for member in filter(None, (action.member_of(subject) for action in possible)):
        read_groups_once(member)
    offered = [action for action in possible if _is_offered(action, subject, by)]
    actions = [action for action in offered if not (report and action.name in ("set_role", "mute_reporter"))]
    return [link for action in actions for link in _links(action, subject, by, report)]


def mute_link(member: Any, by: Actor, *, is_muted: bool) -> ActionLink | None:
    """Return the link that mutes a member as a reporter; None for who is muted, and for an actor who may not do it."""
    action = ACTIONS["mute_reporter"]
    if is_muted or not _is_offered(action, member, by):
        return None
    return next(_links(action, member, by, None))


def _is_offered(action: Action, subject: Any, by: Actor) -> bool:
    """Whether the action may be done now, as far as is known without a statement for each action."""
    if action.name not in (*CHECKED_LATER, *DECIDERS_CHECKED_LATER):
        return action.may_run(subject, by=by)
    if action.name in DECIDERS_CHECKED_LATER and not action.is_possible(subject):
        return False
    member = action.member_of(subject)
    return by.may(action.permission) and (member is None or by.outranks(member))


def _links(action: Any, subject: Any, by: Actor, report: Report | None) -> Iterator[ActionLink]:
    url = reverse("admin:moderation_decision_act", args=[action.name, subject.pk])
    because = {"report": report.pk} if report else {}
    if not action.options:
        yield ActionLink(action.name, action.title(), f"{url}?{urlencode(because)}" if because else url)
    for choice in ({name: value} for name, values in action.options.items() for value in values):
        if action.may_choose(subject, by, **choice):
            yield ActionLink(action.name, action.title(**choice), f"{url}?{urlencode(because | choice)}")


def page_of_record(record: Any) -> str:
    """Return the page of a record."""
    return page_of(record._meta.model_name, record.pk)


def page_of(kind: str, pk: int | None) -> str:
    """Return the page of a subject; empty for one that has none, or not any more."""
    return reverse(PAGES[kind], args=[pk]) if pk is not None and kind in PAGES else ""
