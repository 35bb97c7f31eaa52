"""Notification: something that happened to a member, and who may be seen to have caused it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.utils import timezone

from accounts.models import Member
from comments.models import Comment
from libs.keyset.models import TimeOrdered
from moderation.models import Report
from notifications.models.kinds import TARGET_FIELDS, TARGETS, WITHOUT_ACTORS, Kind
from notifications.models.notification_actor import NotificationActor, has_row
from notifications.models.seen_marker import seen_until
from posts.models import Post


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications by who may see them."""

    def visible_to(self, member: Member) -> Self:
        """The member's notifications: of posts and comments that they see, with actors whom they see.

        Lists are compiled once for all members (libs.compiled_queries), so this reads nothing of `member` but its key,
        and no clock but the database's.
        """
        # Lookups by id, row by row: PostgreSQL may answer IN by making a list of all posts that the member sees.
        post = Post.objects.visible_to(member).filter(pk=OuterRef("post"))
        comment = Comment.objects.visible_to(member).filter(pk=OuterRef("comment"))
        actors = NotificationActor.objects.visible_to(member).filter(notification=OuterRef("pk"))
        return self.filter(
            Q(post=None) | has_row(post),
            Q(comment=None) | has_row(comment),
            # One whose decision was undone is open again.
            Q(report=None) | ~Q(report__state=Report.OPEN),
            Q(kind__in=WITHOUT_ACTORS) | has_row(actors),
            member=member.pk,
        )

    def unseen_by(self, member_id: Any) -> Self:
        """Notifications that are newer than what the member has marked as seen; `member_id` may be an OuterRef."""
        return self.filter(latest_at__gt=seen_until(member_id))

    def newest_first(self) -> Self:
        """The order of lists; the id decides between notifications of the same time."""
        return self.order_by("-latest_at", "-id")


def _target_condition(kind: Kind, target: str | None) -> Q:
    others = {f"{name}__isnull": name != target for name in TARGET_FIELDS}
    return Q(kind=kind, **others)


class Notification(TimeOrdered):
    """What happened to one member. Hearts of a post and follows of a day share one until the member has seen it."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    post = models.ForeignKey(Post, models.CASCADE, null=True, related_name="+", db_index=False)
    comment = models.ForeignKey(Comment, models.CASCADE, null=True, related_name="+", db_index=False)
    # A plain id, as decisions are never deleted.
    decision_id = models.BigIntegerField(null=True)
    report = models.ForeignKey(Report, models.CASCADE, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    # When the newest actor came.
    latest_at = models.DateTimeField(default=timezone.now)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    *(_target_condition(kind, name) for kind, names in TARGETS.items() for name in names or (None,)),
                    _connector=Q.OR,
                ),
                name="notification_target",
            ),
        ]
        indexes = [
            models.Index(fields=["member", "-latest_at", "-id"], name="notification_list"),
            models.Index(fields=["member", "-created_at"], name="notification_follows", condition=Q(kind="follow")),
            models.Index(fields=["post", "-created_at"], name="notification_of_post", condition=Q(post__isnull=False)),
            models.Index(fields=["comment"], name="notification_of_comment", condition=Q(comment__isnull=False)),
            models.Index(fields=["report"], name="notification_of_report", condition=Q(report__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.member_id}"
