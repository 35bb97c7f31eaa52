"""Actions on comments."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from comments.models import Comment
from moderation.actions.base import Action, Effect, lock_member
from moderation.actions.deciders import find_causes, require_rank_of_deciders
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, SubjectGone
from moderation.models import Decision, Report
from moderation.models.report import ReportQuerySet


class CommentAction(Action):
    """What is done to a comment concerns its author."""

    subject_kind = "comment"

    def lock(self, pk: int) -> Comment:
        author_id = Comment.objects.filter(pk=pk).values_list("author_id", flat=True).first()
        if author_id is None:
            raise SubjectGone
        lock_member(author_id)
        if not Comment.objects.lock([pk]):
            raise SubjectGone
        return Comment.objects.select_related("author").get(pk=pk)

    def member_of(self, subject: Comment) -> Member | None:
        return subject.author

    def reports_of(self, subject: Comment, report: Report | None) -> ReportQuerySet:
        return Report.objects.filter(comment=subject.pk)

    def is_report_of(self, subject: Comment, report: Report) -> bool:
        return report.comment_id == subject.pk


class RemoveComment(CommentAction):
    """Hide a comment from everybody."""

    name = "remove_comment"
    label = gettext_lazy("Remove the comment")
    permission = "remove_post"
    is_appealable = True
    closes_reports = Report.UPHELD

    def check(self, subject: Comment) -> None:
        if subject.removed_at is not None:
            raise AlreadyDecided

    def apply(self, subject: Comment, actor: Actor, **options: Any) -> Effect:
        subject.remove()
        return Effect({"removed": False}, {"removed": True})

    def revert(self, subject: Comment, decision: Decision) -> Effect:
        causes = _removals_of(subject.pk)
        if subject.removed_at is None or (causes and causes[0].pk != decision.pk):
            raise CannotUndo
        subject.restore()
        return Effect({"removed": True}, {"removed": False})

    def describe(self, subject: Comment, **options: Any) -> list[str]:
        return [_comment_is_hidden()]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_comment_is_visible()]

    def statement(self, decision: Decision) -> list[str]:
        return [_("We have removed your comment. Nobody can see it any more.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("Your comment is visible again.")]


class RestoreComment(CommentAction):
    """Show a removed comment again."""

    name = "restore_comment"
    label = gettext_lazy("Restore the comment")
    permission = "restore_post"
    reasons = ("mistake", "no_violation", "appeal", "request", "other")

    def check(self, subject: Comment) -> None:
        if subject.removed_at is None:
            raise AlreadyDecided

    def check_actor(self, subject: Comment, actor: Actor) -> None:
        require_rank_of_deciders(actor, _removals_of(subject.pk))

    def apply(self, subject: Comment, actor: Actor, **options: Any) -> Effect:
        subject.restore()
        return Effect({"removed": True}, {"removed": False})

    def revert(self, subject: Comment, decision: Decision) -> Effect:
        if subject.removed_at is not None:
            raise CannotUndo
        subject.remove()
        return Effect({"removed": False}, {"removed": True})

    def describe(self, subject: Comment, **options: Any) -> list[str]:
        return [_comment_is_visible()]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_comment_is_hidden()]

    def statement(self, decision: Decision) -> list[str]:
        return [_("Your comment is visible again.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("We have removed your comment. Nobody can see it any more.")]


def _comment_is_hidden() -> str:
    return _("The comment is hidden from everybody; replies to it stay.")


def _comment_is_visible() -> str:
    return _("The comment is visible again, at its place below the post.")


def _removals_of(comment_id: int) -> list[Decision]:
    """Return the decisions by which a comment is hidden, the newest first."""
    return find_causes("comment", comment_id, actions=(RemoveComment.name,), ended_by=RestoreComment.name)
