"""Actor: who takes a decision: a member of the staff, an operator at the command line, or the server by a rule."""

from dataclasses import dataclass
from functools import cached_property

from accounts.models import Member
from moderation.errors import NotPermitted, RankTooLow
from moderation.ranks import Rank, rank_of

ACTOR_NAME_MAX = 300


@dataclass(frozen=True)
class Actor:
    """Who acts. `member` is None for operators at the command line and for the server."""

    STAFF, OPERATOR, SYSTEM = "staff", "operator", "system"

    kind: str
    name: str
    member: Member | None = None

    @classmethod
    def of(cls, by: "Member | Actor") -> "Actor":
        """Return the actor for a member of the staff, or the actor itself."""
        return by if isinstance(by, Actor) else cls(cls.STAFF, by.nickname, by)

    @classmethod
    def operator(cls, name: str) -> "Actor":
        """Return the actor for somebody at the command line, with the name of the user of the operating system."""
        return cls(cls.OPERATOR, name[:ACTOR_NAME_MAX])

    @property
    def member_id(self) -> int | None:
        """The id of the member who acts, if it is one."""
        return self.member.pk if self.member else None

    @cached_property
    def rank(self) -> Rank:
        """The rank; read once, since an actor lives no longer than one request or command."""
        return rank_of(self.member) if self.member else Rank.SERVER

    def may(self, permission: str) -> bool:
        """Return whether the actor has a permission of moderation, such as "remove_post"."""
        if self.member is None:
            return True
        return self.member.is_active and self.member.is_staff and self.member.has_perm(f"moderation.{permission}")

    def require(self, permission: str) -> None:
        """Raise NotPermitted without the permission."""
        if not self.may(permission):
            raise NotPermitted

    def outranks(self, member: Member) -> bool:
        """Return whether the actor may act on the member: another one, and of a lower rank."""
        return member.pk != self.member_id and rank_of(member) < self.rank

    def require_rank_above(self, member: Member) -> None:
        """Raise RankTooLow for a member on whom the actor may not act."""
        if not self.outranks(member):
            raise RankTooLow


SYSTEM = Actor(Actor.SYSTEM, "")
