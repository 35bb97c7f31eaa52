"""Blocked members as the list of blocks shows them: the same, whatever becomes of them.

Without those who withdrew or are suspended, the list would tell who is gone from who blocks the member. So would
avatars, which change and go with their owners, and a copy would show what its owner has deleted: the list has none.
Somebody who is erased leaves the list, since nothing of them may remain.
"""

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Block, Member

NICKNAME = Coalesce("blocked_nickname", "blocked__nickname")


def blocks_of(member: Member) -> QuerySet[Block]:
    """Return the blocks that the member made."""
    return Block.objects.filter(blocker=member.pk)
