"""Actions on reports: take them over, dismiss them, uphold them."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from comments.models import Comment
from moderation.actions.base import Action, Effect, lock_member
from moderation.actions.posts import find_hiding, post_is_hidden
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, OptionInvalid, RankTooLow, SubjectGone
from moderation.models import Decision, Report
from moderation.models.decision import unnamed_report
from moderation.models.report import ReportQuerySet
from posts.models import Post


class ReportAction(Action):
    """What is done to a report is done to all open reports of the same subject."""

    subject_kind = "report"
    notifies_member = False

    def lock(self, pk: int) -> Report:
        report = Report.objects.filter(pk=pk).first()
        if report is None:
            raise SubjectGone
        is_erased = report.subject_id is None or not self._lock_subject(report.subject_id)
        if report.post_id:
            # Before the reports, as actions on posts do.
            list(Post.objects.filter(pk=report.post_id).select_for_update(no_key=True).values_list("pk"))
        if report.comment_id:
            Comment.objects.lock([report.comment_id])
        # All of the subject, in the order of their ids, so that two moderators cannot wait for each other.
        list(Report.objects.of_same_subject(report).order_by("pk").select_for_update().values_list("pk"))
        locked = Report.objects.select_related("subject", "post", "comment").get(pk=pk)
        if is_erased:
            # As the erasure leaves it, so that no decision names the member.
            locked.subject = locked.post = locked.comment = None
        return locked

    @staticmethod
    def _lock_subject(pk: int) -> bool:
        try:
            return lock_member(pk) is not None
        except SubjectGone:
            return False

    def member_of(self, subject: Report) -> Member | None:
        return subject.subject

    def name_of(self, subject: Report) -> str:
        """Return words of the reported member only where the decision names them: by that, erasure clears it."""
        if self.member_of(subject) is None:
            return unnamed_report(subject.pk)
        return _name_then(subject)

    def displayed_name(self, subject: Report) -> str:
        """Return the words of the reported member, of which a page keeps nothing."""
        return _name_then(subject) or _("report %(number)s") % {"number": subject.pk}

    def check_actor(self, subject: Report, actor: Actor) -> None:
        if subject.subject_id is not None and subject.subject_id == actor.member_id:
            raise RankTooLow

    def check(self, subject: Report) -> None:
        if subject.state != Report.OPEN:
            raise AlreadyDecided

    def reports_of(self, subject: Report, report: Report | None) -> ReportQuerySet:
        return Report.objects.of_same_subject(subject)

    def is_report_of(self, subject: Report, report: Report) -> bool:
        return report.pk == subject.pk


class AssignReport(ReportAction):
    """Take over the reports of one subject; the undo gives them back to everybody."""

    name = "assign_report"
    label = gettext_lazy("Assign to me")
    permission = "assign_report"
    reasons = ("triage",)

    def member_of(self, subject: Report) -> None:
        """Return nobody: it changes nothing for the reported member."""

    def check(self, subject: Report) -> None:
        super().check(subject)
        if subject.assignee_id is not None:
            raise AlreadyDecided(_("Somebody has taken this report over already."))

    def apply(self, subject: Report, actor: Actor, **options: Any) -> Effect:
        if actor.member is None:
            raise OptionInvalid(_("Only a member of the staff can take reports over."))
        reports = self.reports_of(subject, None).open().filter(assignee=None)
        reports.update(assignee=actor.member, assigned_at=timezone.now())
        return Effect({"assigned": False}, {"assigned": True})

    def revert(self, subject: Report, decision: Decision) -> Effect:
        reports = self.reports_of(subject, None).open().filter(assignee=decision.actor_id)
        if not reports.update(assignee=None, assigned_at=None):
            raise CannotUndo
        return Effect({"assigned": True}, {"assigned": False})

    def describe(self, subject: Report, **options: Any) -> list[str]:
        return [_("All open reports of the same post, comment or member are yours; the others in the team see that.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("Nobody has the case any more; everybody in the team can take it over.")]


class CloseReports(ReportAction):
    """Close all open reports of one subject."""

    def apply(self, subject: Report, actor: Actor, **options: Any) -> Effect:
        return Effect({"state": Report.OPEN}, {"state": self.closes_reports})

    def revert(self, subject: Report, decision: Decision) -> Effect:
        if subject.decision_id != decision.pk:
            raise CannotUndo
        return Effect({"state": self.closes_reports}, {"state": Report.OPEN})

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The case is open again and stands in the queue.")]


class DismissReport(CloseReports):
    """Decide that nothing is wrong."""

    name = "dismiss_report"
    label = gettext_lazy("Dismiss")
    permission = "dismiss_report"
    reasons = ("no_violation", "abusive_reports", "other")
    closes_reports = Report.DISMISSED

    def apply(self, subject: Report, actor: Actor, **options: Any) -> Effect:
        """Show a post again that a rule has hidden because of the reports; that is the undo of the rule's decision."""
        before, after, _ = super().apply(subject, actor)
        hiding = find_hiding(subject.post_id) if subject.post_id else None
        if hiding is None or subject.post is None:
            return Effect(before, after)
        subject.post.restore()
        return Effect(before, {**after, "restored": True}, undoes_id=hiding.pk)

    def revert(self, subject: Report, decision: Decision) -> Effect:
        effect = super().revert(subject, decision)
        if decision.after.get("restored") and subject.post is not None:
            subject.post.remove()
        return effect

    def tells_member(self, effect: Effect) -> bool:
        return effect.undoes_id is not None

    def will_tell_member(self, subject: Report) -> bool:
        """Return whether a rule has hidden the post: who removes one closes its reports."""
        return subject.post is not None and subject.post.removed_at is not None

    def describe_undo(self, decision: Decision) -> list[str]:
        hidden = [post_is_hidden()] if decision.after.get("restored") else []
        return [*super().describe_undo(decision), *hidden]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("Your post is hidden again until a moderator has looked at it.")]

    def describe(self, subject: Report, **options: Any) -> list[str]:
        if self.will_tell_member(subject):
            return [_("The post, which a rule has hidden, is visible again, at its place in the feed.")]
        return [_("Nothing is changed for the reported member, who is not told of the reports.")]


class UpholdReport(CloseReports):
    """Decide that the reporters are right, where nothing else has to be done: what they reported is gone."""

    name = "uphold_report"
    label = gettext_lazy("Uphold the reports, change nothing")
    permission = "uphold_report"
    reasons = ("gone", "other")
    closes_reports = Report.UPHELD

    def reasons_for(self, subject: Report) -> tuple[str, ...]:
        return self.reasons if is_gone(subject) else ("other",)

    def describe(self, subject: Report, **options: Any) -> list[str]:
        told = _("The reporters are told that they were right. Nothing is changed for the reported member.")
        if is_gone(subject):
            return [told]
        stays = _("What was reported stays visible. To remove it, or to suspend the member, take that action instead.")
        return [stays, told]


def _name_then(report: Report) -> str:
    return f"{report.nickname}: {report.subject_text}" if report.subject_text else report.nickname


def is_gone(report: Report) -> bool:
    """Return whether nobody can see any more what was reported: deleted, removed or withdrawn, or a profile changed."""
    member, post = report.subject, report.post
    if member is None or member.withdrawn_at is not None:
        return True
    if report.about == Report.MEMBER:
        return (member.nickname, member.about) != (report.nickname, report.subject_text)
    if report.about == Report.COMMENT:
        comment = report.comment
        return comment is None or comment.author_id is None or comment.removed_at is not None
    hidden_until = member.posts_hidden_until
    is_hidden = post is not None and hidden_until is not None and post.created_at <= hidden_until
    return post is None or post.removed_at is not None or is_hidden
