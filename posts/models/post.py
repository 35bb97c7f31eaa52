"""Post: a member's text and images, and who may see it."""

from collections.abc import Callable, Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.indexes import OpClass
from django.db import connection, models, transaction
from django.db.models import F, Func, Max, OuterRef, Q
from django.db.models.functions import Lower
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from prometheus_client import Counter

from accounts.models import Follow, Member, Mute
from accounts.models.member import MemberQuerySet
from accounts.text_checks import check_texts, review_texts
from libs.change_log import log_changes
from libs.cleanup import CHUNK
from libs.keyset.models import TimeOrdered
from libs.outbox.queue import enqueue
from libs.text_search import SearchGinIndex, SearchKey
from media.models import Image
from posts.dependents import erase_dependents
from posts.errors import PostEmpty
from posts.models.post_mention import PostMention
from posts.models.post_tag import PostTag
from posts.tags import find_keys

PUBLISHED = Counter("h2h_posts_published", "Posts that members published.")

# The columns of `PostQuerySet.tagged` in place of created_at and id.
TAG_ORDER = ("tagged_at", "tagged_id")


class _InPage(Func):
    """Whether an id is in an array of times and ids, which PostgreSQL makes once and looks up in an index.

    Django's `in` with a subquery is a join, for which PostgreSQL may compare every post with every id.
    """

    arg_joiner = " = ANY(ARRAY(SELECT id FROM unnest("
    template = "%(expressions)s) AS page(created_at timestamptz, id bigint)))"
    output_field = models.BooleanField()


class PostQuerySet(models.QuerySet["Post"]):
    """Posts by who may see them."""

    def published(self) -> Self:
        """Posts that no moderator has removed."""
        return self.filter(removed_at=None)

    def not_hidden_by_author(self) -> Self:
        """Posts that the author has not deleted by deleting all of them; jobs delete these rows later."""
        return self.filter(Q(author__posts_hidden_until=None) | Q(created_at__gt=F("author__posts_hidden_until")))

    def visible_to(self, member: Member) -> Self:
        """Published posts of active authors, without those of members who block the member or are blocked by them.

        Feeds are compiled once for all members (libs.compiled_queries), so this reads nothing of `member` but its key,
        and no clock but the database's.
        """
        return self.not_hidden().filter(MemberQuerySet.unblocked_condition(member, key="author_id"))

    def not_hidden(self) -> Self:
        """Posts that are not hidden from everybody: published and not deleted, of active authors."""
        return self.published().filter(MemberQuerySet.active_condition("author__")).not_hidden_by_author()

    def newest_first(self) -> Self:
        """The order of feeds; the id decides between posts of the same time."""
        return self.order_by("-created_at", "-id")

    def feed_for(self, member: Member) -> Self:
        """Everything that the member may see, newest first."""
        return self.visible_to(member).newest_first()

    def not_muted_by(self, member: Member) -> Self:
        """Without posts of those whom the member mutes; for feeds only, since muting hides nothing elsewhere."""
        return self.exclude(author_id__in=Mute.objects.filter(muter=member.pk).values("muted_id"))

    def tagged(self, key: str) -> Self:
        """Posts with the tag of this key, newest first, by the copy of time and id that the index of the tags has."""
        tagged = self.filter(tags__key=key).annotate(tagged_at=F("tags__created_at"), tagged_id=F("tags__post_id"))
        return tagged.order_by("-tagged_at", "-tagged_id")

    def followed_by(self, member: Member) -> Self:
        """Posts by members whom the member follows."""
        return self.filter(author_id__in=Follow.objects.filter(follower=member.pk).values("followed_id"))

    def followed_on_page(self, member: Member, page: Callable[[Any], Any]) -> Self:
        """Posts by members whom the member follows, if these can be on the page that `page` cuts from a list of posts.

        PostgreSQL would read all posts of all followed members and sort them. So it reads the times and ids of a page
        of each first, without the posts that the member does not see or mutes, and of these those of the page. SQLite
        cannot.
        """
        if connection.vendor != "postgresql":
            return self.followed_by(member)
        of_one = page(
            Post.objects.published().not_hidden_by_author().filter(author=OuterRef("followed_id")).newest_first()
        )
        # PostgreSQL compares rows column by column. The type of the field means nothing.
        row = Func("created_at", "pk", function="ROW", output_field=models.TextField())
        rows = Func(ArraySubquery(of_one.values(row=row)), function="unnest", output_field=models.TextField())
        visible = MemberQuerySet.visibility_condition(member, key="followed_id", path="followed__")
        unmuted = ~Q(followed_id__in=Mute.objects.filter(muter=member.pk).values("muted_id"))
        followed = Follow.objects.filter(visible, unmuted, follower=member.pk).annotate(row=rows).values("row")
        order = of_one.query.order_by[0].replace("created_at", "row")
        return self.filter(_InPage(F("pk"), ArraySubquery(followed.order_by(order)[: of_one.query.high_mark])))

    def publish(
        self, *, author: Member, text: str, image_ids: Sequence[int] = (), mentions: Sequence[int] = ()
    ) -> "Post":
        """Publish a post with the author's images of these ids, in this order, in the caller's transaction.

        `mentions` are ids of members. Raises PostEmpty, TextRefused, ImageNotUsable or MentionNotPossible.
        """
        if not (text or image_ids):
            raise PostEmpty
        check_texts([text])
        images = Image.objects.claim(image_ids, owner=author)
        post = self.create(author_id=author.pk, text=text, image_count=len(images), has_mentions=bool(mentions))
        if images:
            PostImage.objects.bulk_create(
                PostImage(post=post, image=image, position=position) for position, image in enumerate(images)
            )
        PostTag.objects.add_new(post)
        PostMention.objects.add(post, mentions, by=author)
        log_changes("post", [post.pk])
        review_texts(post, [text])
        transaction.on_commit(PUBLISHED.inc)
        return post

    @transaction.atomic
    def hide_all_of(self, member: Member) -> None:
        """Hide all posts of the member at once, removed ones too; jobs delete them with their images.

        What is published later stays.
        """
        # Not the current time: if the next post comes from a server whose clock is behind, it must not be hidden.
        if newest := self.filter(author=member.pk).aggregate(newest=Max("created_at"))["newest"]:
            Member.objects.filter(pk=member.pk).update(posts_hidden_until=newest)
            log_changes("member", [member.pk])
        # Also if there is nothing to hide: a repeated request resumes what a failed job left.
        enqueue("posts.delete_posts", {"member_id": member.pk})

    @transaction.atomic
    def erase(self, ids: Sequence[int]) -> None:
        """Delete these posts and their images for good; outbox jobs delete the files."""
        # Locked first, so that a report at the same time comes before or after, and copies no half-deleted post.
        list(self.filter(pk__in=ids).order_by("pk").select_for_update().values_list("pk"))
        while erase_dependents(ids, CHUNK):
            pass
        images = list(PostImage.objects.filter(post__in=ids).values_list("image_id", flat=True))
        self.filter(pk__in=ids).delete()
        Image.objects.discard(images)
        log_changes("post", ids)


class Post(TimeOrdered):
    """A text with images by one member."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, verbose_name=_("author"), related_name="posts", db_index=False
    )
    text = models.TextField(_("text"), blank=True)
    # The images never change after the post is published, so their number is stored with it.
    image_count = models.PositiveSmallIntegerField(_("images"), default=0)
    created_at = models.DateTimeField(_("published"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)
    # The author wants no more comments. The database default serves a release without this field.
    comments_closed = models.BooleanField(_("comments closed"), default=False, db_default=False)
    # Whether feeds look for mentions; the members may have been erased since. The default is as above.
    has_mentions = models.BooleanField(default=False, db_default=False, editable=False)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="post_feed", condition=Q(removed_at=None)),
            # The only one by author, removed posts included. With a smaller one beside it PostgreSQL, which plans for
            # the few posts of an average author, would read all posts of an active one and sort them.
            models.Index(fields=["author", "-created_at", "-id"], name="post_of_author"),
            SearchGinIndex(OpClass(SearchKey("text"), name="gin_trgm_ops"), name="post_text_search"),
            # The previous release searches with this one; the next one removes it.
            SearchGinIndex(OpClass(Lower("text"), name="gin_trgm_ops"), name="post_text_trigrams"),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(60) or f"{self.image_count} images"

    def may_be_deleted_by(self, member: Member) -> bool:
        """Whether it is the author; moderators remove posts instead, which can be undone."""
        return self.author_id == member.pk

    def may_be_edited_by(self, member: Member) -> bool:
        """Whether it is the author, who alone may also read the former texts."""
        return self.author_id == member.pk

    def may_be_shared_by(self, member: Member) -> bool:
        """Whether it is the author, who alone may also read the link."""
        return self.author_id == member.pk

    @transaction.atomic
    def edit(self, text: str, mentions: Sequence[int] | None = None) -> None:
        """Change the text and record the former one, and change whom it mentions, by ids; None leaves these.

        The same text and mentions again change nothing. Raises PostEmpty, TextRefused or MentionNotPossible, or Http404
        if the post was deleted or removed meanwhile.
        """
        post = get_object_or_404(Post.objects.published().select_for_update(no_key=True), pk=self.pk)
        if not (text or post.image_count):
            raise PostEmpty
        if text != post.text:
            post._change_text(text)
        if mentions is not None and (mentions or post.has_mentions):
            post._change_mentions(mentions)

    def _change_text(self, text: str) -> None:
        check_texts([text])
        now, had_tags = timezone.now(), bool(find_keys(self.text))
        self.edits.create(text=self.text, edited_at=now)
        self.text, self.edited_at = text, now
        self.save(update_fields=["text", "edited_at"])
        if had_tags or find_keys(text):
            PostTag.objects.index([self])
        log_changes("post", [self.pk])
        review_texts(self, [text])

    def _change_mentions(self, mentions: Sequence[int]) -> None:
        if PostMention.objects.replace(self, mentions, by=self.author):
            self.has_mentions = bool(mentions)
            self.save(update_fields=["has_mentions"])
            log_changes("post", [self.pk])

    @transaction.atomic
    def set_comments_closed(self, is_closed: bool) -> None:
        """Close the post for new comments, or open it again; those that are there stay visible."""
        Post.objects.filter(pk=self.pk).update(comments_closed=is_closed)
        log_changes("post", [self.pk])

    @transaction.atomic
    def remove(self) -> None:
        """Hide the post from everybody and withhold its images; both stay stored, so that it can be restored."""
        self.removed_at = timezone.now()
        self.save(update_fields=["removed_at"])
        Image.objects.withhold(self.image_ids())
        log_changes("post", [self.pk])

    @transaction.atomic
    def restore(self) -> None:
        """Undo `remove`."""
        self.removed_at = None
        self.save(update_fields=["removed_at"])
        Image.objects.release(self.image_ids())
        log_changes("post", [self.pk])

    def image_ids(self) -> list[int]:
        """The ids of its images, in their order."""
        return list(self.post_images.order_by("position").values_list("image_id", flat=True))

    def erase(self) -> None:
        """Delete the post and its images for good; an outbox job deletes the files."""
        Post.objects.erase([self.pk])


class PostImage(models.Model):
    """An image at its position in a post; an image belongs to one post at most."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="post_images", db_index=False)
    image = models.OneToOneField(Image, models.PROTECT)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["post", "position"], name="post_image_place")]

    def __str__(self) -> str:
        return f"image {self.position} of {self.post_id}"
