"""Members as the API shows them beside posts and in lists, made from plain values: a page shows hundreds."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef

from accounts.models import Follow, Member, Mute
from accounts.profiles.counts import profile_counts
from media.representations import image_representation, image_values


def member_summary_values(viewer: Member, path: str = "") -> dict[str, Any]:
    """What `values` selects for `member_summary`, of a member reached over a path such as "author__"."""
    return member_values(path) | relation_values(viewer, path)


def member_values(path: str = "") -> dict[str, Any]:
    """The part of `member_summary_values` that is the same for all viewers."""
    image = f"{path}avatar__image__"
    return {
        "member_id": F(f"{path}id"),
        "member_nickname": F(f"{path}nickname"),
        "avatar_image_id": F(f"{image}id"),
        **{f"avatar_{name}": column for name, column in image_values(image).items()},
    }


def relation_values(viewer: Member, path: str = "") -> dict[str, Any]:
    """The part of `member_summary_values` that tells the viewer's relation."""
    member_id = OuterRef(f"{path}id")
    return {
        "is_following": Exists(Follow.objects.filter(follower=viewer.pk, followed=member_id)),
        "is_followed_by": Exists(Follow.objects.filter(follower=member_id, followed=viewer.pk)),
    }


def is_muted_by(viewer: Member, path: str = "") -> Exists:
    """Whether the viewer mutes the member reached over the path."""
    return Exists(Mute.objects.filter(muter=viewer.pk, muted=OuterRef(f"{path}id")))


def member_summary(row: Mapping[str, Any]) -> dict[str, Any]:
    """Id, nickname, avatar and the viewer's relation; accounts' MemberSummarySerializer documents it."""
    return {
        "id": str(row["member_id"]),
        "nickname": row["member_nickname"],
        "avatar": image_representation(row, "avatar_") if row["avatar_image_id"] else None,
        "viewer": {"following": row["is_following"], "followed_by": row["is_followed_by"]},
    }


def profile_representation(member: Member, viewer: Member) -> dict[str, Any]:
    """Return the profile of a member who is visible to the viewer."""
    row = (
        Member.objects.filter(pk=member.pk).values(**member_summary_values(viewer), is_muted=is_muted_by(viewer)).get()
    )
    summary = member_summary(row)
    summary["viewer"]["muted"] = row["is_muted"]
    return summary | {
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
