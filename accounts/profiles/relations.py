"""Whom a member does not see, follows, is followed by and mutes."""

from typing import Any

import orjson
from django.db.models import Subquery

from accounts.models import Block, Follow, Member, Mute
from accounts.profiles.relation_cache import MAX_RELATIONS, Relations
from libs.compiled_queries import CompiledQuery
from libs.json_rows import JSONRows

_NAMES = ("blocked", "blockers", "following", "followers", "muted")


def _ids(model: type[Block | Follow | Mute], member: dict[str, int], other: str) -> Subquery:
    """Return the column of the rows of a member as JSON, of so many that the caller sees that these are too many."""
    rows: Any = model._default_manager.order_by()
    some = rows.filter(pk__in=rows.filter(**member).values("pk")[: MAX_RELATIONS + 1])
    return Subquery(some.values(*member).annotate(ids=JSONRows(other)).values("ids"))


def _parse_ids(text: str | None) -> frozenset[int]:
    return frozenset(each for (each,) in orjson.loads(text)) if text else frozenset()


@CompiledQuery
def _compiled_relations(member: int) -> Any:
    return Member.objects.filter(pk=member).values(
        blocked=_ids(Block, {"blocker": member}, "blocked_id"),
        blockers=_ids(Block, {"blocked": member}, "blocker_id"),
        following=_ids(Follow, {"follower": member}, "followed_id"),
        followers=_ids(Follow, {"followed": member}, "follower_id"),
        muted=_ids(Mute, {"muter": member}, "muted_id"),
    )


def read_relations(member_id: int) -> Relations:
    """Return the relations by one statement; the rule whom a member does not see is MemberQuerySet.visible_to's.

    Of more than can be cached it returns only a part.
    """
    (row,) = _compiled_relations.rows(member=member_id) or [{}]
    blocked, blockers, following, followers, muted = (_parse_ids(row.get(name)) for name in _NAMES)
    return Relations(blocked | blockers, following, followers, muted)
