"""Staff for tests: members with a role, whose groups are there even after a test that emptied all tables."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group

from accounts.models import Member
from moderation.actions.deciders import RANKS
from moderation.actions.undo import is_undo_allowed
from moderation.actors import Actor
from moderation.models import Decision
from moderation.ranks import MODERATOR
from moderation.roles import create_roles
from tests.factories import MemberFactory


def restore_roles() -> None:
    """Create the groups again if a test that emptied all tables has deleted them."""
    if not Group.objects.filter(name=MODERATOR).exists():
        create_roles(apps)


def staff_member(role: str, **fields: Any) -> Member:
    """A member of the staff with one role."""
    restore_roles()
    member = MemberFactory.create(is_staff=True, **fields)
    member.groups.add(Group.objects.get(name=role))
    return member


def may_undo(decision: Decision, *, by: Member) -> bool:
    """Whether pages offer the undo of this decision to somebody."""
    shown = Decision.objects.not_undone().not_of_reports_on(by.pk).annotate(**RANKS)
    found = shown.filter(pk=decision.pk).first()
    return found is not None and is_undo_allowed(found, Actor.of(by))
