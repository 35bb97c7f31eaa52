"""Ranks: nobody acts on themselves, or on somebody of an equal or a higher rank.

Permissions say which actions somebody may do, ranks to whom. Both are read when the action is done, so that a change of
the groups takes effect at once.
"""

from collections.abc import Iterable
from enum import IntEnum
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Case, Exists, IntegerField, OuterRef, Value, When, prefetch_related_objects

if TYPE_CHECKING:
    from accounts.models import Member

MODERATOR, SENIOR_MODERATOR, OPERATOR, AUDITOR = "moderator", "senior moderator", "operator", "auditor"


class Rank(IntEnum):
    """From low to high."""

    MEMBER = 0
    # Auditors, and staff without a role.
    STAFF = 1
    MODERATOR = 2
    # Operators have the same rank: neither acts on the other.
    SENIOR_MODERATOR = 3
    SUPERUSER = 4
    # Whoever runs commands on the server, and rules that act without a person.
    SERVER = 5


RANK_BY_ROLE = {
    AUDITOR: Rank.STAFF,
    MODERATOR: Rank.MODERATOR,
    SENIOR_MODERATOR: Rank.SENIOR_MODERATOR,
    OPERATOR: Rank.SENIOR_MODERATOR,
}


def rank_of(member: "Member") -> Rank:
    """Return the rank of a member, by the highest of their groups."""
    if member.is_superuser or not member.is_staff:
        return rank_by_roles((), staff=member.is_staff, superuser=member.is_superuser)
    return rank_by_roles((group.name for group in member.groups.all()), staff=True, superuser=False)


def rank_column(member: str) -> Case:
    """Return the column with the rank, as `rank_of`, of the member whose id is in the column `member` of each row."""
    found = get_user_model().objects.filter(pk=OuterRef(member))
    staff = found.filter(is_staff=True)
    by_role = sorted(RANK_BY_ROLE.items(), key=lambda item: item[1], reverse=True)
    cases = [
        When(Exists(found.filter(is_superuser=True)), then=Rank.SUPERUSER),
        *(When(Exists(staff.filter(groups__name=role)), then=rank) for role, rank in by_role),
        When(Exists(staff), then=Rank.STAFF),
    ]
    return Case(*cases, default=Value(Rank.MEMBER), output_field=IntegerField())


def read_groups_once(member: "Member") -> None:
    """Have `rank_of` read the groups of this instance once, for a page that asks for each of many actions."""
    if member.is_staff:
        prefetch_related_objects([member], "groups")


def rank_by_roles(roles: Iterable[str], *, staff: bool, superuser: bool) -> Rank:
    """Return the rank of somebody with these roles."""
    if superuser:
        return Rank.SUPERUSER
    if not staff:
        return Rank.MEMBER
    return max((RANK_BY_ROLE[role] for role in roles if role in RANK_BY_ROLE), default=Rank.STAFF)
