"""Block: two members do not see each other."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from libs.keyset.models import TimeOrdered


class BlockQuerySet(models.QuerySet["Block"]):
    """Blocks are made here, since each stores the nicknames that the two members saw last."""

    def make(self, blocker: int, blocked: int) -> bool:
        """Block, if not done yet; return whether it is new. The caller holds the locks of both members."""
        seen = self._last_seen(blocker, blocked)
        nicknames = {"blocker_nickname": seen[blocker], "blocked_nickname": seen[blocked]}
        _, is_new = self.get_or_create(blocker_id=blocker, blocked_id=blocked, defaults=nicknames)
        return is_new

    def _last_seen(self, one: int, other: int) -> dict[int, str | None]:
        """Return by id the nicknames that the two saw of each other last: before `other` blocked `one`, or now."""
        earlier = self.filter(blocker=other, blocked=one).exclude(blocked_nickname=None).first()
        if earlier:
            return {one: earlier.blocked_nickname, other: earlier.blocker_nickname}
        pair = get_user_model()._default_manager.filter(pk__in=[one, other])
        return dict(pair.values_list("pk", "nickname"))


class Block(TimeOrdered):
    """One member has blocked another; it hides each from the other.

    What either changes afterwards is hidden too, so the block keeps their nicknames. They are None in a block that a
    release without these fields made.
    """

    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_made", db_index=False)
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks_met", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    blocker_nickname = models.CharField(max_length=300, null=True)  # noqa: DJ001 - NULL is not an empty nickname
    blocked_nickname = models.CharField(max_length=300, null=True)  # noqa: DJ001 - NULL is not an empty nickname

    objects = BlockQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_oneself"),
        ]
        indexes = [
            models.Index(fields=["blocked", "blocker"], name="block_met"),
            models.Index(fields=["blocker", "-created_at", "-id"], name="block_list"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} blocks {self.blocked_id}"
