"""Mutes as their maker sees them."""

from django.db.models import QuerySet

from accounts.models import Member, Mute
from accounts.models.member import MemberQuerySet


def mutes_of(member: Member) -> QuerySet[Mute]:
    """Return the mutes that the member made of members whom they may see."""
    visible = MemberQuerySet.visibility_condition(member, key="muted_id", path="muted__")
    return Mute.objects.filter(visible, muter=member.pk)
