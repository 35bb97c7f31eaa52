"""Comment: a member's text below a post, and who may see it."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from accounts.models import Block, Member
from accounts.models.member import MemberQuerySet
from accounts.text_checks import check_texts, review_texts
from comments.errors import CommentsClosed, NoSuchComment
from comments.events import COMMENT_PUBLISHED
from comments.models.comment_mention import CommentMention
from libs.change_log import log_changes
from libs.keyset.models import TimeOrdered
from posts.models import Post, PostCounts

# The author of the post that the comment of a query is on.
POST_AUTHOR = OuterRef("post__author_id")


class CommentQuerySet(models.QuerySet["Comment"]):
    """Comments by who may see them."""

    def visible_to(self, member: Member) -> Self:
        """Comments that the member may read, on posts that the member may see.

        Lists are compiled once for all members (libs.compiled_queries), so this reads nothing of `member` but its key,
        and no clock but the database's.
        """
        return self.on_visible_posts(member).filter(self.readable_condition(member))

    def shown_to(self, member: Member, post_author: Any = POST_AUTHOR) -> Self:
        """Comments that have a place in lists: those the member may read, and others with replies that they may read.

        Of the others, deleted ones and hidden ones alike, the member sees a placeholder.
        """
        # Not Exists, for which PostgreSQL may read all replies there are and keep them in a hash table.
        some_reply = Subquery(Comment.objects.replies_readable_by(member, post_author).values("pk")[:1])
        return self.filter(Q(self.readable_condition(member, post_author)) | Q(IsNull(some_reply, False)))

    def on_visible_posts(self, member: Member) -> Self:
        """Comments on posts that the member may see."""
        return self.filter(post__in=Post.objects.visible_to(member).values("pk"))

    def replies_readable_by(self, member: Member, post_author: Any = POST_AUTHOR) -> Self:
        """Replies to the comment of an outer query that the member may read if they see the post."""
        return self.filter(self.readable_condition(member, post_author), parent=OuterRef("pk"))

    @staticmethod
    def readable_condition(member: Member, post_author: Any = POST_AUTHOR) -> Q:
        """Return the part of `visible_to` that is about the comment: neither deleted nor removed, of a visible author.

        After a block between its author and the author of the post nobody sees it: the author of the post, who answers
        for what stands there, could neither read nor delete it. Lists of one post give the id of `post_author`, whose
        blocks the database reads once then.
        """
        visible = MemberQuerySet.visibility_condition(member, key="author_id", path="author__")
        blocked = Block.objects.filter(blocker=post_author).values("blocked_id")
        blockers = Block.objects.filter(blocked=post_author).values("blocker_id")
        unblocked = ~Q(author_id__in=blocked) & ~Q(author_id__in=blockers)
        return Q(removed_at=None, author__isnull=False) & visible & unblocked

    def counted(self) -> Self:
        """Comments that the count of their post includes: neither deleted nor removed, whoever may see them."""
        return self.filter(author__isnull=False, removed_at=None)

    def oldest_first(self) -> Self:
        """The order of lists; the id decides between comments of the same time."""
        return self.order_by("created_at", "id")

    def publish(
        self, *, post: Post, author: Member, text: str, reply_to: int | None = None, mentions: Sequence[int] = ()
    ) -> "Comment":
        """Add a comment to a locked post that the author sees, in the caller's transaction.

        A reply to a reply joins the comment that this one replies to. `mentions` are ids of members. Raises
        CommentsClosed, TextRefused, MentionNotPossible, or NoSuchComment for a comment to reply to that the author does
        not see on this post.
        """
        if post.comments_closed:
            raise CommentsClosed
        check_texts([text])
        parent = self._top_of(post, author, reply_to) if reply_to is not None else None
        fields = {"parent_id": parent, "text": text, "has_mentions": bool(mentions)}
        comment = self.create(post=post, author_id=author.pk, **fields)
        _add_to_count(post.pk, 1)
        review_texts(comment, [text])
        COMMENT_PUBLISHED.send(comment, reply_to)
        CommentMention.objects.add(comment, mentions, by=author)
        return comment

    def _top_of(self, post: Post, author: Member, reply_to: int) -> int:
        found = self.filter(self.readable_condition(author), post=post.pk, pk=reply_to).values_list("pk", "parent_id")
        for pk, parent in found:
            return int(parent or pk)
        raise NoSuchComment

    @transaction.atomic
    def erase(self, ids: Collection[int]) -> None:
        """Delete these comments for good; one with replies loses author and text, and goes with its last reply."""
        ids = self.lock(ids)
        parents = dict(self.filter(pk__in=ids).values_list("pk", "parent_id"))
        numbers = Counter(self.filter(pk__in=ids).counted().values_list("post_id", flat=True))
        self.filter(pk__in=[pk for pk, parent in parents.items() if parent]).delete()
        tops = {pk for pk, parent in parents.items() if not parent}
        replied_to = self._with_replies(tops)
        CommentMention.objects.filter(comment__in=replied_to).delete()
        self.filter(pk__in=replied_to).update(author=None, text="", has_mentions=False)
        self.filter(pk__in=tops - replied_to).delete()
        placeholders = set(self.filter(pk__in=set(parents.values()), author=None).values_list("pk", flat=True))
        self.filter(pk__in=placeholders - self._with_replies(placeholders)).delete()
        for post_id, number in sorted(numbers.items()):
            _add_to_count(post_id, -number)

    def lock(self, ids: Collection[int]) -> list[int]:
        """Lock the posts of these comments, then the comments; return the ids of those that are not deleted.

        Whatever adds, deletes, removes or restores a comment locks its post first, so that these are one after the
        other. Reading and writing hearts does not wait for that lock.
        """
        posts = Post.objects.filter(pk__in=self.filter(pk__in=ids).values("post_id")).order_by("pk")
        list(posts.select_for_update(no_key=True).values_list("pk"))
        comments = self.filter(pk__in=ids, author__isnull=False).order_by("pk")
        return list(comments.select_for_update().values_list("pk", flat=True))

    def _with_replies(self, ids: Collection[int]) -> set[int]:
        return set(self.filter(parent__in=ids).order_by().values_list("parent_id", flat=True).distinct())


class Comment(TimeOrdered):
    """A text below a post, or a reply to one; replies have no replies.

    A deleted comment with replies stays as a row without author and text.
    """

    post = models.ForeignKey(Post, models.CASCADE, verbose_name=_("post"), related_name="comments", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("author"),
        null=True,
        related_name="comments",
        db_index=False,
    )
    # The comment that it is a reply to.
    parent = models.ForeignKey(
        "self", models.CASCADE, verbose_name=_("reply to"), null=True, related_name="replies", db_index=False
    )
    text = models.TextField(_("text"), blank=True)
    # Whether lists look for mentions; the members may have been erased since.
    has_mentions = models.BooleanField(default=False, db_default=False, editable=False)
    created_at = models.DateTimeField(_("published"), default=timezone.now, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(condition=Q(author__isnull=False) | Q(text=""), name="comment_deleted_is_empty"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="comment_no_reply_to_itself"),
        ]
        indexes = [
            models.Index(fields=["post", "created_at", "id"], name="comment_list", condition=Q(parent=None)),
            # All of a post, for its deletion.
            models.Index(fields=["post"], name="comment_of_post"),
            models.Index(
                fields=["parent", "created_at", "id"], name="comment_replies", condition=Q(parent__isnull=False)
            ),
            models.Index(fields=["author", "-id"], name="comment_of_author"),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(60)

    def remove(self) -> None:
        """Hide the comment from everybody; it stays stored, so that it can be restored. The caller has locked it."""
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        _add_to_count(self.post_id, -1)

    def restore(self) -> None:
        """Undo `remove`."""
        self.removed_at = None
        self.save(update_fields=["removed_at"])
        _add_to_count(self.post_id, 1)

    def may_be_deleted_by(self, member: Member) -> bool:
        """Whether it is the author, or the author of the post."""
        return member.pk in (self.author_id, self.post.author_id)


def _add_to_count(post_id: int, number: int) -> None:
    """Change the number of comments of a post, which the caller has locked."""
    PostCounts.objects.add(post_id, comments=number)
    log_changes("post", [post_id])
