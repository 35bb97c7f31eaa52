"""A member's profile as another member sees it, and as they see their own."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Follow, Member
from accounts.models.member import MemberQuerySet
from accounts.profiles.counts import profile_counts
from accounts.profiles.representations import brief, brief_values


def followers_of(member: Member, asker: Member) -> QuerySet[Follow]:
    """Follows of the member by those whom the asker may see."""
    seen = MemberQuerySet.is_seen_by(asker, key="follower_id", path="follower__")
    return Follow.objects.filter(seen, followed=member.pk)


def followed_by(member: Member, asker: Member) -> QuerySet[Follow]:
    """Follows by the member of those whom the asker may see."""
    seen = MemberQuerySet.is_seen_by(asker, key="followed_id", path="followed__")
    return Follow.objects.filter(seen, follower=member.pk)


def profile(member: Member, asker: Member) -> dict[str, Any]:
    """What one member may know of another; the caller has looked the member up among those the asker may see."""
    return brief(Member.objects.filter(pk=member.pk).values(**brief_values()).get()) | {
        "about": member.about,
        "created_at": member.created_at,
        "counts": profile_counts(member, asker),
        "is_followed": Follow.objects.filter(follower=asker.pk, followed=member.pk).exists(),
        "is_following_me": Follow.objects.filter(follower=member.pk, followed=asker.pk).exists(),
    }


def own_profile(member: Member) -> dict[str, Any]:
    """What a member may know of themselves: the e-mail address is told to nobody else."""
    shown = profile(member, member)
    del shown["is_followed"], shown["is_following_me"]
    own = {name: getattr(member, name) for name in ("email", "name", "terms_version", "terms_accepted_at")}
    return shown | own
