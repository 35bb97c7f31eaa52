"""Actions on appeals: uphold, which undoes the decision, or deny. Somebody else answers than who decided."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from moderation.actions.base import Action, Effect, lock_member
from moderation.actions.deciders import has_rank_of_decider, is_decider
from moderation.actors import Actor
from moderation.decision_notices import notify_reporters
from moderation.errors import AlreadyDecided, CannotUndo, OwnDecision, RankTooLow, SubjectGone
from moderation.models import Appeal, Decision, Report


class AppealAction(Action):
    """The answer to an appeal."""

    subject_kind = "appeal"
    permission = "decide_appeal"
    has_undo = False
    # The state of the appeal afterwards.
    state = ""

    def lock(self, pk: int) -> Appeal:
        """Lock the member and the decision first, as an undo does, so that the two cannot wait for each other."""
        appeal = Appeal.objects.filter(pk=pk).first()
        if appeal is None:
            raise SubjectGone
        lock_member(appeal.member_id)
        list(Decision.objects.filter(pk=appeal.decision_id).select_for_update().values_list("pk"))
        found = Appeal.objects.select_related("member").select_for_update(of=("self",)).filter(pk=pk).first()
        if found is None:
            raise SubjectGone
        return found

    def member_of(self, subject: Appeal) -> Member:
        return subject.member

    def name_of(self, subject: Appeal) -> str:
        return subject.text

    def check(self, subject: Appeal) -> None:
        if subject.state != Appeal.OPEN:
            raise AlreadyDecided

    def check_actor(self, subject: Appeal, actor: Actor) -> None:
        if is_decider(actor, subject.decision):
            raise OwnDecision
        if not has_rank_of_decider(actor, subject.decision):
            raise RankTooLow

    def finish(self, subject: Appeal, decision: Decision) -> None:
        Appeal.objects.filter(pk=subject.pk).close(self.state, decision.pk)


class UpholdAppeal(AppealAction):
    """Undo the decision; where nothing can be undone any more, it does not count against the member."""

    name = "uphold_appeal"
    label = gettext_lazy("Uphold the appeal")
    reasons = ("mistake", "no_violation", "other")
    state = Appeal.UPHELD

    def __init__(self, actions: dict[str, Action]) -> None:
        """`actions` are those of which a decision may be undone."""
        self.actions = actions

    def apply(self, subject: Appeal, actor: Actor, **options: Any) -> Effect:
        decision = subject.decision
        if Decision.objects.filter(undoes_id=decision.pk).exists():
            raise AlreadyDecided
        action = self.actions[decision.action]
        try:
            before, after, _ = action.revert(action.lock(decision.subject_id or 0), decision)
        except (CannotUndo, SubjectGone):
            # It has ended, or was changed by somebody else; nothing is to be restored.
            before, after = {}, {}
        return Effect(before, after, undoes_id=decision.pk)

    def finish(self, subject: Appeal, decision: Decision) -> None:
        """Close the appeal; the reports that the decision upheld are dismissed, and their reporters told."""
        super().finish(subject, decision)
        reports = Report.objects.filter(decision_id=subject.decision_id, state=Report.UPHELD)
        ids = list(reports.order_by("pk").select_for_update().values_list("pk", flat=True))
        Report.objects.filter(pk__in=ids).update(state=Report.DISMISSED, decision_id=decision.pk)
        notify_reporters(ids, decision)

    def describe(self, subject: Appeal, **options: Any) -> list[str]:
        return [_("The decision is undone and does not count any more. Reports that it upheld are dismissed.")]


class DenyAppeal(AppealAction):
    """Let the decision stand."""

    name = "deny_appeal"
    label = gettext_lazy("Deny the appeal")
    reasons = ("decision_stands", "other")
    state = Appeal.DENIED

    def apply(self, subject: Appeal, actor: Actor, **options: Any) -> Effect:
        return Effect(after={"decision_id": str(subject.decision_id)})

    def describe(self, subject: Appeal, **options: Any) -> list[str]:
        return [_("The decision stands. The member cannot appeal against it again.")]

    def statement(self, decision: Decision) -> list[str]:
        sentence = _("We have looked at your appeal against the decision %(number)s. The decision stands.")
        return [sentence % {"number": decision.after.get("decision_id", "")}]
