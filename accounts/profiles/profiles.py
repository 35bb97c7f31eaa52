"""A member's profile as another member sees it, and as they see their own."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Follow, Member
from accounts.models.member import MemberQuerySet
from accounts.profiles.counts import profile_counts
from accounts.profiles.representations import member_summary, member_summary_values


def followers_of(member: Member, asker: Member) -> QuerySet[Follow]:
    """Follows of the member by those whom the asker may see."""
    seen = MemberQuerySet.visibility_condition(asker, key="follower_id", path="follower__")
    return Follow.objects.filter(seen, followed=member.pk)


def followed_by(member: Member, asker: Member) -> QuerySet[Follow]:
    """Follows by the member of those whom the asker may see."""
    seen = MemberQuerySet.visibility_condition(asker, key="followed_id", path="followed__")
    return Follow.objects.filter(seen, follower=member.pk)


def profile(member: Member, asker: Member) -> dict[str, Any]:
    """What one member may know of another; the caller has looked the member up among those the asker may see."""
    return member_summary(Member.objects.filter(pk=member.pk).values(**member_summary_values(asker)).get()) | {
        "about": member.about,
        "created_at": member.created_at,
        "counts": profile_counts(member, asker),
    }


def own_profile(member: Member) -> dict[str, Any]:
    """What a member may know of themselves: the e-mail address is told to nobody else."""
    shown = profile(member, member)
    del shown["viewer"]
    own = {name: getattr(member, name) for name in ("email", "name", "terms_version", "terms_accepted_at")}
    return shown | own
