"""Actions on posts."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from moderation.actions.base import Action, Effect
from moderation.actions.deciders import find_causes, require_rank_of_deciders
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, NotPermitted, SubjectGone
from moderation.models import Decision, Report
from moderation.models.report import ReportQuerySet
from posts.models import Post


class PostAction(Action):
    """What is done to a post concerns its author."""

    subject_kind = "post"

    def lock(self, pk: int) -> Post:
        # The author first, as in `lock_member`; no_key, since a report at the same time needs a key lock on the post.
        lock = Post.objects.select_related("author").select_for_update(of=("author", "self"), no_key=True)
        post = lock.filter(pk=pk, author__erasure_started_at=None).first()
        if post is None:
            raise SubjectGone
        return post

    def member_of(self, subject: Post) -> Member:
        return subject.author

    def reports_of(self, subject: Post, report: Report | None) -> ReportQuerySet:
        return Report.objects.filter(post=subject.pk)

    def is_report_of(self, subject: Post, report: Report) -> bool:
        return report.post_id == subject.pk


def post_is_hidden() -> str:
    """Return the sentence for moderators about a removal."""
    return _("The post and its images are hidden from everybody.")


def post_is_visible() -> str:
    """Return the sentence for moderators about what ends a removal."""
    return _("The post and its images are visible again, at their place in the feed.")


class Removal(PostAction):
    """Hide a post from everybody."""

    def apply(self, subject: Post, actor: Actor, **options: Any) -> Effect:
        subject.remove()
        return Effect({"removed": False}, {"removed": True})

    def revert(self, subject: Post, decision: Decision) -> Effect:
        causes = _removals_of(subject.pk)
        if subject.removed_at is None or (causes and causes[0].pk != decision.pk):
            raise CannotUndo
        subject.restore()
        return Effect({"removed": True}, {"removed": False})

    def describe(self, subject: Post, **options: Any) -> list[str]:
        return [post_is_hidden()]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [post_is_visible()]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("Your post is visible again.")]


class RemovePost(Removal):
    """Hide a post from everybody, with its images."""

    name = "remove_post"
    label = gettext_lazy("Remove the post")
    permission = "remove_post"
    is_appealable = True
    closes_reports = Report.UPHELD

    def check(self, subject: Post) -> None:
        if subject.removed_at is not None and find_hiding(subject.pk) is None:
            raise AlreadyDecided

    def statement(self, decision: Decision) -> list[str]:
        return [_("We have removed your post. Nobody can see it any more.")]


class HidePost(Removal):
    """Hide a post that many have reported until a moderator has looked at it; only a rule does this.

    Dismissing the reports shows it again, and removing it makes it final.
    """

    name = "hide_post"
    label = gettext_lazy("Hide the post until it is decided")
    permission = "remove_post"
    reasons = ("by_rule",)

    def check(self, subject: Post) -> None:
        if subject.removed_at is not None:
            raise AlreadyDecided

    def check_actor(self, subject: Post, actor: Actor) -> None:
        if actor.kind != Actor.SYSTEM:
            raise NotPermitted

    def statement(self, decision: Decision) -> list[str]:
        return [_("Several members have reported your post. It is hidden until a moderator has looked at it.")]


def find_hiding(post_id: int) -> Decision | None:
    """Return the decision by which a rule has hidden a post that no moderator has decided about since."""
    causes = _removals_of(post_id)
    return causes[0] if causes and all(cause.action == HidePost.name for cause in causes) else None


def _removals_of(post_id: int) -> list[Decision]:
    """Return the decisions by which a post is hidden, the newest first."""
    return find_causes("post", post_id, actions=(RemovePost.name, HidePost.name), ended_by=RestorePost.name)


class RestorePost(PostAction):
    """Show a removed post again."""

    name = "restore_post"
    label = gettext_lazy("Restore the post")
    permission = "restore_post"
    reasons = ("mistake", "no_violation", "appeal", "request", "other")

    def check(self, subject: Post) -> None:
        if subject.removed_at is None:
            raise AlreadyDecided

    def check_actor(self, subject: Post, actor: Actor) -> None:
        require_rank_of_deciders(actor, _removals_of(subject.pk))

    def apply(self, subject: Post, actor: Actor, **options: Any) -> Effect:
        subject.restore()
        return Effect({"removed": True}, {"removed": False})

    def revert(self, subject: Post, decision: Decision) -> Effect:
        if subject.removed_at is not None:
            raise CannotUndo
        subject.remove()
        return Effect({"removed": False}, {"removed": True})

    def describe(self, subject: Post, **options: Any) -> list[str]:
        return [post_is_visible()]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [post_is_hidden()]

    def statement(self, decision: Decision) -> list[str]:
        return [_("Your post is visible again.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("We have removed your post. Nobody can see it any more.")]
