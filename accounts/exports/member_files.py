"""What this room holds of a member, one function for each JSON file of their export.

Of others it tells what the member sees of them in the app: ids and nicknames of those they may see.
"""

from collections.abc import Iterator
from typing import Any

from accounts.exports.contents import image_path, iterate_by_id
from accounts.models import Avatar, Block, Member
from accounts.models.member import MemberQuerySet
from accounts.profiles.profiles import followed_by, followers_of

Rows = Iterator[dict[str, Any]]


def export_profile(member: Member) -> dict[str, Any]:
    """Who they say they are."""
    avatar = Avatar.objects.filter(member=member.pk).values_list("image_id", flat=True).first()
    own = {name: getattr(member, name) for name in ("email", "name", "nickname", "about", "created_at", "changed_at")}
    return {"id": str(member.pk), **own, "avatar": image_path(avatar) if avatar else None}


def export_terms(member: Member) -> dict[str, Any]:
    """What they agreed to."""
    return {"version": member.terms_version, "accepted_at": member.terms_accepted_at}


def export_sessions(member: Member) -> Rows:
    """Where they were signed in; tokens are no data of theirs and open doors."""
    names = ("device", "network", "created_at", "used_at", "expires_at", "ended_at", "ended_because")
    for session in iterate_by_id(member.sessions.all()):
        yield {"id": str(session.pk), **{name: getattr(session, name) for name in names}}


def export_security_events(member: Member) -> Rows:
    """What happened to the account."""
    for event in iterate_by_id(member.security_events.all()):
        yield {"kind": event.kind, "network": event.network, "created_at": event.created_at}


def export_blocks(member: Member) -> Rows:
    """Whom they block, as their own list shows them: without those who left."""
    shown = Block.objects.filter(MemberQuerySet.is_standing("blocked__"), blocker=member.pk)
    for block in iterate_by_id(shown.select_related("blocked")):
        yield {"member": _brief(block.blocked), "since": block.created_at}


def export_following(member: Member) -> Rows:
    """Whom they read."""
    for follow in iterate_by_id(followed_by(member, member).select_related("followed")):
        yield {"member": _brief(follow.followed), "since": follow.created_at}


def export_followers(member: Member) -> Rows:
    """Who reads them."""
    for follow in iterate_by_id(followers_of(member, member).select_related("follower")):
        yield {"member": _brief(follow.follower), "since": follow.created_at}


def _brief(other: Member) -> dict[str, Any]:
    return {"id": str(other.pk), "nickname": other.nickname}
