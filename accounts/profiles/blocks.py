"""Blocked members as the list of blocks shows them: as they were when the two members saw each other last."""

from typing import Any

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.functions import Coalesce

from accounts.models import Block, Member
from accounts.models.member import MemberQuerySet

NICKNAME = Coalesce("blocked_nickname", "blocked__nickname")
# An avatar that was changed since, or whose member is gone, is not shown.
_SHOWS_AVATAR = MemberQuerySet.active_condition("blocked__") & (
    Q(blocked_nickname=None) | Q(blocked_avatar_image=F("blocked__avatar__image"))
)


def blocks_of(member: Member) -> QuerySet[Block]:
    """Return the blocks that the member made, withdrawn and suspended members included.

    Without them the list would tell who is gone from who blocks the member.
    """
    return Block.objects.filter(blocker=member.pk)


def avatar_value(column: str) -> Any:
    """Return what `values` selects for a column of the avatar: NULL when it is not shown."""
    return Case(When(_SHOWS_AVATAR, then=F(f"blocked__avatar__image__{column}")))
