"""Follows as a viewer may see them."""

from django.db.models import QuerySet

from accounts.models import Follow, Member
from accounts.models.member import MemberQuerySet


def followers_of(member: Member, viewer: Member) -> QuerySet[Follow]:
    """Return the follows of the member by members whom the viewer may see."""
    visible = MemberQuerySet.visibility_condition(viewer, key="follower_id", path="follower__")
    return Follow.objects.filter(visible, followed=member.pk)


def followed_by(member: Member, viewer: Member) -> QuerySet[Follow]:
    """Return the follows by the member of members whom the viewer may see."""
    visible = MemberQuerySet.visibility_condition(viewer, key="followed_id", path="followed__")
    return Follow.objects.filter(visible, follower=member.pk)
