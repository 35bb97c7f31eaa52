"""Profiles as the API shows them, and the queries of followers."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Follow, Member
from accounts.models.member import MemberQuerySet
from accounts.profiles.counts import profile_counts
from accounts.profiles.representations import member_summary, member_summary_values


def followers_of(member: Member, viewer: Member) -> QuerySet[Follow]:
    """Return the follows of the member by members whom the viewer may see."""
    visible = MemberQuerySet.visibility_condition(viewer, key="follower_id", path="follower__")
    return Follow.objects.filter(visible, followed=member.pk)


def followed_by(member: Member, viewer: Member) -> QuerySet[Follow]:
    """Return the follows by the member of members whom the viewer may see."""
    visible = MemberQuerySet.visibility_condition(viewer, key="followed_id", path="followed__")
    return Follow.objects.filter(visible, follower=member.pk)


def profile_representation(member: Member, viewer: Member) -> dict[str, Any]:
    """Return the profile of a member who is visible to the viewer."""
    return member_summary(Member.objects.filter(pk=member.pk).values(**member_summary_values(viewer)).get()) | {
        "about": member.about,
        "created_at": member.created_at,
        "counts": profile_counts(member, viewer),
    }


def own_profile_representation(member: Member) -> dict[str, Any]:
    """Return the member's own profile, which alone has the e-mail address."""
    representation = profile_representation(member, member)
    del representation["viewer"]
    own = {name: getattr(member, name) for name in ("email", "name", "terms_version", "terms_accepted_at")}
    return representation | own
