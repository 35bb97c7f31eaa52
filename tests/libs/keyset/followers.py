"""A list to page through: who follows one member."""

from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Follow, Member
from libs.keyset.pages import KeysetPage, paginate

DAWN = datetime(2026, 11, 24, 6, 0, 0, tzinfo=UTC)


class Followers:
    """Follows of one member, made and unmade at will; a tick is a microsecond."""

    def __init__(self, followed: Member, strangers: list[Member]) -> None:
        self.followed, self.strangers = followed, strangers
        self.order = ("-created_at", "-id")

    def add(self, id_: int, tick: int) -> None:
        """Let the stranger of that number follow; the follow's id is the number too."""
        moment = DAWN + timedelta(microseconds=tick)
        Follow.objects.create(id=id_, follower=self.strangers[id_], followed=self.followed, created_at=moment)

    def remove(self, *ids: int) -> None:
        """Unmake follows by id."""
        Follow.objects.filter(id__in=ids).delete()

    def all(self) -> QuerySet[Follow]:
        """The list that is paged."""
        return Follow.objects.filter(followed=self.followed).order_by(*self.order)

    def page(self, cursor: str | None = None, size: int = 3) -> KeysetPage[Follow]:
        """One page of it."""
        return paginate(self.all(), cursor=cursor, size=size, bound_to="followers")


def ids(page: KeysetPage[Follow]) -> list[int]:
    """Who is on the page."""
    return [row.id for row in page.rows]
