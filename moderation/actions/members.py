"""Actions on members: warn, suspend, lift."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from accounts.models.member import FOR_GOOD
from moderation.actions.base import Action, Effect, lock_member
from moderation.actions.deciders import find_causes, require_rank_of_deciders
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo
from moderation.models import Decision, Report

# What the buttons say.
SUSPENSION_DAYS = {
    1: gettext_lazy("Suspend for 1 day"),
    7: gettext_lazy("Suspend for 7 days"),
    30: gettext_lazy("Suspend for 30 days"),
}
# Two moderators who suspend a member at the same time do not both succeed: a suspension is replaced by one that ends
# later by more than this.
LONGER_BY = timedelta(hours=1)


class MemberAction(Action):
    """What is done to a member."""

    subject_kind = "member"

    def lock(self, pk: int) -> Member:
        return lock_member(pk)

    def member_of(self, subject: Member) -> Member:
        return subject

    def name_of(self, subject: Member) -> str:
        return subject.nickname

    def is_report_of(self, subject: Member, report: Report) -> bool:
        return report.subject_id == subject.pk


class WarnMember(MemberAction):
    """Tell a member that they broke a rule; it counts when the next decision is taken."""

    name = "warn_member"
    label = gettext_lazy("Warn")
    permission = "warn_member"
    is_appealable = True
    closes_reports = Report.UPHELD

    def revert(self, subject: Member, decision: Decision) -> Effect:
        return Effect()

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("Nothing is hidden. The warning counts when the next decision is taken.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The warning does not count any more.")]

    def statement(self, decision: Decision) -> list[str]:
        return [_("This is a warning. If it happens again, we may remove posts or suspend your account.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("It does not count any more.")]


class Suspension(MemberAction):
    """Hide a member and log them out everywhere."""

    is_appealable = True
    closes_reports = Report.UPHELD

    def end_of(self, **options: Any) -> datetime:
        """Return when the suspension ends."""
        raise NotImplementedError

    def check(self, subject: Member) -> None:
        if subject.is_suspended_for_good:
            raise AlreadyDecided(_("This member is suspended for good already."))

    def check_options(self, subject: Member, actor: Actor, **options: Any) -> None:
        former = subject.suspended_until
        if former is not None and subject.is_suspended and self.end_of(**options) <= former + LONGER_BY:
            raise AlreadyDecided(_("This member is suspended already, for as long or longer."))

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        until, former = self.end_of(**options), subject.suspended_until
        subject.suspend(until)
        return Effect({"suspended_until": _as_text(former)}, {"suspended_until": _as_text(until), **options})

    def revert(self, subject: Member, decision: Decision) -> Effect:
        former, causes = subject.suspended_until, _suspensions_of(subject)
        if _as_text(former) != decision.after["suspended_until"] or not subject.is_suspended:
            raise CannotUndo
        if causes and causes[0].pk != decision.pk:
            raise CannotUndo
        subject.lift(back_to=_as_time(decision.before["suspended_until"]))
        return Effect({"suspended_until": _as_text(former)}, {"suspended_until": _as_text(subject.suspended_until)})

    def describe(self, subject: Member, **options: Any) -> list[str]:
        until = self.end_of(**options)
        return [
            _("The member is logged out everywhere and cannot log in. Profile, posts and photos are hidden."),
            _("This has no end.")
            if until >= FOR_GOOD
            else _("This ends by itself on %(time)s.") % {"time": _in_words(until)},
            _("An undo restores everything but the login sessions."),
        ]

    def describe_undo(self, decision: Decision) -> list[str]:
        former = _as_time(decision.before.get("suspended_until"))
        if former is not None and former > timezone.now():
            goes_on = _("The one from before goes on, until %(time)s.") % {"time": _in_words(former)}
            return [_end_of_suspension(decision), goes_on]
        return [_end_of_suspension(decision), _member_is_visible()]

    def statement(self, decision: Decision) -> list[str]:
        until = _as_time(decision.after.get("suspended_until"))
        hidden = _("You cannot log in, and your profile, posts and photos are hidden from everybody.")
        if until is None or until >= FOR_GOOD:
            return [_("We have suspended your account for good."), hidden]
        sentence = _("We have suspended your account until %(time)s.") % {"time": _in_words(until)}
        return [sentence, hidden, _("After that everything is as it was; log in again.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return [_("You can log in again, and your profile, posts and photos are visible.")]


class SuspendMember(Suspension):
    """Suspend a member for some days."""

    name = "suspend_member"
    label = gettext_lazy("Suspend for days")
    permission = "suspend_member"
    options = {"days": SUSPENSION_DAYS}

    def title(self, **options: Any) -> str:
        return str(SUSPENSION_DAYS.get(options.get("days", 0), self.label))

    def title_of(self, decision: Decision) -> str:
        return self.title(days=decision.after.get("days", 0))

    def end_of(self, **options: Any) -> datetime:
        return timezone.now() + timedelta(days=options["days"])


class SuspendMemberForGood(Suspension):
    """Suspend a member without an end."""

    name = "suspend_member_for_good"
    label = gettext_lazy("Suspend for good")
    permission = "suspend_member_for_good"

    def end_of(self, **options: Any) -> datetime:
        return FOR_GOOD


class LiftSuspension(MemberAction):
    """End a suspension now."""

    name = "lift_suspension"
    label = gettext_lazy("Lift the suspension")
    permission = "lift_suspension"
    reasons = ("mistake", "appeal", "request", "other")

    def check(self, subject: Member) -> None:
        if not subject.is_suspended:
            raise AlreadyDecided

    def check_actor(self, subject: Member, actor: Actor) -> None:
        if subject.is_suspended_for_good:
            actor.require(SuspendMemberForGood.permission)
        require_rank_of_deciders(actor, _suspensions_of(subject))

    def check_undo(self, decision: Decision, actor: Actor) -> None:
        until = _as_time(decision.before.get("suspended_until"))
        if until is not None and until >= FOR_GOOD:
            actor.require(SuspendMemberForGood.permission)

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        former = subject.suspended_until
        subject.lift()
        return Effect({"suspended_until": _as_text(former)}, {"suspended_until": None})

    def revert(self, subject: Member, decision: Decision) -> Effect:
        until = _as_time(decision.before["suspended_until"])
        if subject.is_suspended or until is None or until <= timezone.now():
            raise CannotUndo
        subject.suspend(until)
        return Effect({"suspended_until": None}, {"suspended_until": _as_text(until)})

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_member_is_visible()]

    def describe_undo(self, decision: Decision) -> list[str]:
        until = _as_time(decision.before.get("suspended_until"))
        if until is None or until >= FOR_GOOD:
            return [_("The member is suspended for good again.")]
        return [_("The member is suspended again, until %(time)s.") % {"time": _in_words(until)}]

    def statement(self, decision: Decision) -> list[str]:
        return [_("You can log in again, and your profile, posts and photos are visible.")]

    def statement_of_undo(self, decision: Decision) -> list[str]:
        until = _as_time(decision.before.get("suspended_until"))
        if until is None or until >= FOR_GOOD:
            return [_("We have suspended your account for good.")]
        return [_("We have suspended your account until %(time)s.") % {"time": _in_words(until)}]


def _suspensions_of(member: Member) -> list[Decision]:
    """Return the decisions by which the member is suspended, the newest first; those that have ended are left out."""
    actions = (SuspendMember.name, SuspendMemberForGood.name)
    causes = find_causes("member", member.pk, actions=actions, ended_by=LiftSuspension.name)
    now = timezone.now()
    return [cause for cause in causes if (_as_time(cause.after["suspended_until"]) or now) > now]


def _end_of_suspension(decision: Decision) -> str:
    until = _as_time(decision.after.get("suspended_until"))
    if until is None or until >= FOR_GOOD:
        return _("The suspension for good ends.")
    return _("The suspension until %(time)s ends.") % {"time": _in_words(until)}


def _member_is_visible() -> str:
    return _("The member can log in again; profile, posts and photos are visible.")


def _as_text(time: datetime | None) -> str | None:
    return time.isoformat() if time else None


def _as_time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _in_words(time: datetime) -> str:
    """Return the time in the present time zone, with its name."""
    return date_format(timezone.localtime(time), "DATETIME_FORMAT")
