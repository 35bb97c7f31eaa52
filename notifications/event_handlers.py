"""What is recorded when something happens in the apps below."""

from collections.abc import Collection, Sequence

from accounts.events import FOLLOWED, SESSIONS_ENDED
from comments.events import COMMENT_PUBLISHED
from comments.models import Comment
from moderation.events import MEMBER_NOTIFIED, REPORTS_DECIDED
from moderation.models import Report
from notifications.models import Kind, Notification, PushSubscription
from notifications.recording import record
from posts.events import HEART_GIVEN, MEMBERS_MENTIONED


@FOLLOWED.add_handler
def notify_followed(follower: int, followed: int) -> None:
    """Notify the member who is followed."""
    record([Notification(member_id=followed, kind=Kind.FOLLOW)], by=follower)


@HEART_GIVEN.add_handler
def notify_author_of_heart(post: int, author: int, giver: int) -> None:
    """Notify the author of the post."""
    record([Notification(member_id=author, kind=Kind.HEART, post_id=post)], by=giver)


@COMMENT_PUBLISHED.add_handler
def notify_of_comment(comment: Comment, reply_to: int | None) -> None:
    """Notify whom a reply is to, the author of the comment above it too, and the author of the post."""
    if comment.parent_id is not None:
        above = Comment.objects.filter(pk__in=[comment.parent_id, reply_to], author__isnull=False)
        _notify_of_text(Kind.REPLY, set(above.values_list("author_id", flat=True)), comment)
    _notify_of_text(Kind.COMMENT, [comment.post.author_id], comment)


@MEMBERS_MENTIONED.add_handler
def notify_mentioned(members: Collection[int], by: int, *, post: int | None = None, comment: int | None = None) -> None:
    """Notify members whom a post or comment names, in the caller's transaction.

    For a comment it comes after COMMENT_PUBLISHED: who has a notification of the comment gets no other one.
    """
    record([Notification(member_id=pk, kind=Kind.MENTION, post_id=post, comment_id=comment) for pk in members], by=by)


@MEMBER_NOTIFIED.add_handler
def notify_of_decision(member: int, decision: int) -> None:
    """Notify the member whom the decision concerns."""
    record([Notification(member_id=member, kind=Kind.DECISION, decision_id=decision)])


@REPORTS_DECIDED.add_handler
def notify_of_outcomes(reports: Sequence[int]) -> None:
    """Notify the reporters who are still there."""
    reporters = Report.objects.filter(pk__in=reports, reporter__isnull=False).values_list("pk", "reporter_id")
    record([Notification(member_id=reporter, kind=Kind.REPORT, report_id=pk) for pk, reporter in reporters])


@SESSIONS_ENDED.add_handler
def delete_push_subscriptions(sessions: Sequence[int]) -> None:
    """Delete the addresses of devices that are logged out."""
    PushSubscription.objects.filter(session__in=sessions).delete()


def _notify_of_text(kind: Kind, members: Collection[int], comment: Comment) -> None:
    new = [Notification(member_id=pk, kind=kind, comment_id=comment.pk) for pk in members]
    record(new, by=comment.author_id)
