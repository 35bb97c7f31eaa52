"""Kinds of notifications, and what each is about."""

from django.db import models


class Kind(models.TextChoices):
    """What happened; `TARGETS` says to what."""

    HEART = "heart"
    COMMENT = "comment"
    REPLY = "reply"
    FOLLOW = "follow"
    MENTION = "mention"
    DECISION = "decision"
    REPORT = "report"


# What happens again and again to the same post or member: several members share a notification.
GROUPED = (Kind.HEART, Kind.FOLLOW)
# A text that somebody wrote: a member gets one notification of it, whatever it is to them.
TEXTS = (Kind.COMMENT, Kind.REPLY, Kind.MENTION)
# Nobody is named.
WITHOUT_ACTORS = (Kind.DECISION, Kind.REPORT)
# The fields that say what each kind is about, one of them at a time.
TARGETS: dict[Kind, tuple[str, ...]] = {
    Kind.HEART: ("post",),
    Kind.COMMENT: ("comment",),
    Kind.REPLY: ("comment",),
    Kind.FOLLOW: (),
    Kind.MENTION: ("post", "comment"),
    Kind.DECISION: ("decision_id",),
    Kind.REPORT: ("report",),
}
TARGET_FIELDS = ("post", "comment", "decision_id", "report")
