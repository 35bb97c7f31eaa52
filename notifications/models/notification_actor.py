"""NotificationActor: who caused a notification."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils import timezone

from accounts.models import Follow, Member, Mute
from accounts.models.member import MemberQuerySet
from comments.models import CommentMention
from libs.keyset.models import TimeOrdered
from notifications.models.kinds import Kind
from posts.models import Heart, PostMention


def has_row(rows: models.QuerySet[Any]) -> Q:
    """Return the condition that there is one of these rows, which is looked up for each row of the outer query."""
    return Q(IsNull(Subquery(rows.values("pk")[:1]), False))


class NotificationActorQuerySet(models.QuerySet["NotificationActor"]):
    """Actors by who may see them."""

    def visible_to(self, member: Member) -> Self:
        """Actors of the member's notifications whom they see and do not mute.

        Their heart or follow is still there, and a text that mentioned the member still does.

        Lists are compiled once for all members (libs.compiled_queries), so this reads nothing of `member` but its key,
        and no clock but the database's.
        """
        visible = MemberQuerySet.visibility_condition(member, key="actor_id", path="actor__")
        muted = Mute.objects.filter(muter=member.pk).values("muted_id")
        # Not Exists, for which PostgreSQL may read all hearts there are.
        hearts = Heart.objects.filter(post=OuterRef("notification__post"), owner=OuterRef("actor"))
        follows = Follow.objects.filter(followed=member.pk, follower=OuterRef("actor"))
        in_posts = PostMention.objects.filter(post=OuterRef("notification__post"), member=member.pk)
        in_comments = CommentMention.objects.filter(comment=OuterRef("notification__comment"), member=member.pk)
        return self.filter(
            visible,
            ~Q(actor_id__in=muted),
            ~Q(notification__kind=Kind.HEART) | has_row(hearts),
            ~Q(notification__kind=Kind.FOLLOW) | has_row(follows),
            ~Q(notification__kind=Kind.MENTION) | has_row(in_posts) | has_row(in_comments),
        )


class NotificationActor(TimeOrdered):
    """One member is among those who caused a notification; of hearts and follows it stays when they are taken back."""

    notification = models.ForeignKey(
        "notifications.Notification", models.CASCADE, related_name="actors", db_index=False
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = NotificationActorQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["notification", "actor"], name="notification_actor_once")]
        indexes = [
            # The newest of a notification.
            models.Index(fields=["notification", "-id"], name="notification_actors"),
            # Of what a member has told before, and for their erasure.
            models.Index(fields=["actor", "notification"], name="notification_of_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_id}: {self.notification_id}"
