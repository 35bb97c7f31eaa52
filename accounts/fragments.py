"""How members look on the wire, made from plain values: lists make hundreds of these for one answer."""

from typing import Any

from media.addresses import addresses

# What a list selects of a member to show them; the order is that of `brief`.
BRIEF = ("id", "nickname", "avatar__image__key", "avatar__image__variants_at")


def brief_columns(path: str = "") -> tuple[str, ...]:
    """The columns of `brief` for a member reached over a path such as "author__"."""
    return tuple(f"{path}{column}" for column in BRIEF)


def brief(member_id: int, nickname: str, key: str | None, variants_at: Any) -> dict[str, Any]:
    """A member as they stand beside what they wrote: id, nickname, and the avatar's addresses or null."""
    return {
        "id": str(member_id),
        "nickname": nickname,
        "avatar": addresses(key, variants_at is not None) if key else None,
    }
