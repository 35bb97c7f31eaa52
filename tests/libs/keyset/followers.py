"""A list to page through: the followers of one member."""

from datetime import UTC, datetime, timedelta

from django.db.models import QuerySet

from accounts.models import Follow, Member
from libs.keyset.page_queries import KeysetPage, paginate

START = datetime(2026, 11, 24, 6, 0, 0, tzinfo=UTC)


class Followers:
    """Adds and removes followers of one member; a tick is a microsecond."""

    def __init__(self, followed: Member, others: list[Member]) -> None:
        self.followed, self.others = followed, others
        self.order = ("-created_at", "-id")

    def add(self, id_: int, tick: int) -> None:
        """Let the member of that number follow; the number is the follow's id too."""
        moment = START + timedelta(microseconds=tick)
        Follow.objects.create(id=id_, follower=self.others[id_], followed=self.followed, created_at=moment)

    def remove(self, *ids: int) -> None:
        """Remove follows by id."""
        Follow.objects.filter(id__in=ids).delete()

    def all(self) -> QuerySet[Follow]:
        """The whole list."""
        return Follow.objects.filter(followed=self.followed).order_by(*self.order)

    def page(self, cursor: str | None = None, size: int = 3) -> KeysetPage[Follow]:
        """One page of the list."""
        return paginate(self.all(), cursor=cursor, size=size, bound_to="followers")


def ids(page: KeysetPage[Follow]) -> list[int]:
    """The ids of the follows on the page."""
    return [row.id for row in page.rows]
