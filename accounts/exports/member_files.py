"""What fills the JSON files of an export with data of this app, one function for each file.

Of other members it contains what the member can see: ids and nicknames of those visible to them.
"""

from collections.abc import Iterator
from typing import Any

from accounts.exports.contents import image_path, iterate_by_id
from accounts.models import Avatar, Member
from accounts.profiles.blocks import blocks_of
from accounts.profiles.follows import followed_by, followers_of
from accounts.profiles.mutes import mutes_of

Rows = Iterator[dict[str, Any]]


def export_profile(member: Member) -> dict[str, Any]:
    """The member's own profile."""
    avatar = Avatar.objects.filter(member=member.pk).values_list("image_id", flat=True).first()
    fields = {
        name: getattr(member, name) for name in ("email", "name", "nickname", "about", "created_at", "changed_at")
    }
    return {"id": str(member.pk), **fields, "avatar": image_path(avatar) if avatar else None}


def export_terms(member: Member) -> dict[str, Any]:
    """The terms that the member accepted."""
    return {"version": member.terms_version, "accepted_at": member.terms_accepted_at}


def export_sessions(member: Member) -> Rows:
    """The member's login sessions; without tokens, which would give access to the account."""
    names = ("device", "network", "created_at", "used_at", "expires_at", "ended_at", "ended_because")
    for session in iterate_by_id(member.sessions.all()):
        yield {"id": str(session.pk), **{name: getattr(session, name) for name in names}}


def export_security_events(member: Member) -> Rows:
    """Security events of the account."""
    for event in iterate_by_id(member.security_events.all()):
        yield {"kind": event.kind, "network": event.network, "created_at": event.created_at}


def export_blocks(member: Member) -> Rows:
    """The members whom the member blocks, as their own list shows them."""
    for block in iterate_by_id(blocks_of(member).select_related("blocked")):
        nickname = block.blocked_nickname or block.blocked.nickname
        yield {"member": {"id": str(block.blocked_id), "nickname": nickname}, "since": block.created_at}


def export_mutes(member: Member) -> Rows:
    """The members whom the member mutes."""
    for mute in iterate_by_id(mutes_of(member).select_related("muted")):
        yield {"member": _summary(mute.muted), "since": mute.created_at}


def export_following(member: Member) -> Rows:
    """The members whom the member follows."""
    for follow in iterate_by_id(followed_by(member, member).select_related("followed")):
        yield {"member": _summary(follow.followed), "since": follow.created_at}


def export_followers(member: Member) -> Rows:
    """The followers of the member."""
    for follow in iterate_by_id(followers_of(member, member).select_related("follower")):
        yield {"member": _summary(follow.follower), "since": follow.created_at}


def _summary(other: Member) -> dict[str, Any]:
    return {"id": str(other.pk), "nickname": other.nickname}
