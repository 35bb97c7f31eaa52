"""Actions on accounts: end sessions, reveal the e-mail address, mute a reporter, set a role."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Member
from accounts.staff.browser_sessions import has_browser_sessions
from moderation.actions.base import Effect
from moderation.actions.members import MemberAction
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, RankTooLow
from moderation.models import Decision, MutedReporter
from moderation.ranks import RANK_BY_ROLE, Rank, rank_by_roles
from moderation.roles import ROLE_LABELS


class EndSessions(MemberAction):
    """Log a member out on all devices."""

    name = "end_sessions"
    label = gettext_lazy("End all sessions")
    permission = "end_sessions"
    reasons = ("account_security", "request", "other")
    has_undo = False

    def check(self, subject: Member) -> None:
        if not subject.sessions.live().exists() and not (subject.is_staff and has_browser_sessions(subject)):
            raise AlreadyDecided(_("This member is logged in nowhere."))

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        return Effect(after={"ended": subject.end_sessions("moderation")})

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("The member is logged out on all devices, and can log in again.")]

    def statement(self, decision: Decision) -> list[str]:
        return [
            _("We have logged you out on all devices. You can log in again."),
            _("If somebody else may know your password, set a new one first: %(page)s") % {"page": _reset_page()},
        ]


class RevealEmail(MemberAction):
    """Let a moderator read the e-mail address and the networks of a member; the decision is the record of that."""

    name = "reveal_email"
    label = gettext_lazy("Reveal the e-mail address")
    permission = "reveal_email"
    reasons = ("investigation", "account_security", "request", "other")
    notifies_member = False
    has_undo = False

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("You see the e-mail address and the networks of the last logins. This is recorded.")]


class MuteReporter(MemberAction):
    """Have the reports of a member count for nothing, without telling them."""

    name = "mute_reporter"
    label = gettext_lazy("Mute as a reporter")
    permission = "mute_reporter"
    reasons = ("abusive_reports", "other")
    notifies_member = False

    def check(self, subject: Member) -> None:
        if MutedReporter.objects.filter(member=subject).exists():
            raise AlreadyDecided

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        MutedReporter.objects.create(member=subject)
        return Effect({"muted": False}, {"muted": True})

    def revert(self, subject: Member, decision: Decision) -> Effect:
        if not MutedReporter.objects.filter(member=subject).delete()[0]:
            raise CannotUndo
        return Effect({"muted": True}, {"muted": False})

    def describe(self, subject: Member, **options: Any) -> list[str]:
        return [_("Reports of this member raise no priority and hide no post any more. The member is not told.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("Reports of this member count again. The member is not told.")]


class SetRole(MemberAction):
    """Give a member one role of the staff, or none.

    Somebody new needs a password for staff, and how long theirs is, is not stored. So it becomes unusable, and they set
    a new one by e-mail, for which the rules of staff hold.
    """

    name = "set_role"
    label = gettext_lazy("Set the role")
    permission = "set_role"
    reasons = ("staffing", "account_security", "other")
    options = {"role": ROLE_LABELS}

    def check_options(self, subject: Member, actor: Actor, **options: Any) -> None:
        if RANK_BY_ROLE.get(options["role"], Rank.MEMBER) >= actor.rank:
            raise RankTooLow
        if not options["role"] and not subject.is_staff:
            raise AlreadyDecided(_("This member has no role."))

    def apply(self, subject: Member, actor: Actor, **options: Any) -> Effect:
        role, before = options["role"], _state_of(subject)
        after: dict[str, Any] = {"roles": [role] if role else [], "staff": bool(role), "superuser": False}
        if before == after:
            raise AlreadyDecided
        _set_state(subject, **after)
        return Effect(before, after)

    def check_undo(self, decision: Decision, actor: Actor) -> None:
        """Refuse to bring back a rank that the actor could not give."""
        if rank_by_roles(**decision.before) >= actor.rank:
            raise RankTooLow

    def revert(self, subject: Member, decision: Decision) -> Effect:
        before = _state_of(subject)
        if before != decision.after:
            raise CannotUndo
        _set_state(subject, **decision.before)
        return Effect(before, decision.before)

    def describe(self, subject: Member, **options: Any) -> list[str]:
        roles = [options["role"]] if options["role"] else []
        return _role_sentences(roles, is_staff=bool(roles), was_staff=subject.is_staff)

    def describe_undo(self, decision: Decision) -> list[str]:
        before, after = decision.before, decision.after
        if before.get("superuser"):
            return [_("The member is a superuser again.")]
        is_staff, was_staff = bool(before.get("staff")), bool(after.get("staff"))
        return _role_sentences(before.get("roles", []), is_staff=is_staff, was_staff=was_staff)

    def statement(self, decision: Decision) -> list[str]:
        return self._sentences(decision.before, decision.after)

    def statement_of_undo(self, decision: Decision) -> list[str]:
        return self._sentences(decision.after, decision.before)

    @staticmethod
    def _sentences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
        labels = ", ".join(str(ROLE_LABELS[role]) for role in after.get("roles", []) if role in ROLE_LABELS)
        sentences = [_("Your role in the team: %(roles)s.") % {"roles": labels or ROLE_LABELS[""]}]
        if after.get("staff") and not before.get("staff"):
            sentence = _("You have been logged out. Set a new password for the team: %(page)s")
            sentences.append(sentence % {"page": _reset_page()})
        return sentences


def _role_sentences(roles: list[str], *, is_staff: bool, was_staff: bool) -> list[str]:
    """Return sentences for the moderator: the roles of somebody afterwards, and what somebody new has to do."""
    if not is_staff:
        return [_("The member does not belong to the staff any more, and cannot open the admin.")]
    labels = ", ".join(str(ROLE_LABELS[role]) for role in roles) or ROLE_LABELS[""]
    sentences = [_("The member has the role “%(role)s”.") % {"role": labels}]
    if not was_staff:
        sentences.append(_("They are logged out everywhere and have to set a new password for staff by e-mail."))
    return sentences


def _reset_page() -> str:
    return f"{settings.PUBLIC_URL}{reverse('reset-password')}"


def _state_of(member: Member) -> dict[str, Any]:
    roles = sorted(member.groups.filter(name__in=RANK_BY_ROLE).values_list("name", flat=True))
    return {"roles": roles, "staff": member.is_staff, "superuser": member.is_superuser}


def _set_state(member: Member, *, roles: list[str], staff: bool, superuser: bool) -> None:
    member.groups.remove(*Group.objects.filter(name__in=RANK_BY_ROLE))
    member.groups.add(*Group.objects.filter(name__in=roles))
    if staff and not member.is_staff:
        member.set_unusable_password()
        member.update(password=member.password)
        member.end_sessions("moderation")
    member.update(is_staff=staff, is_superuser=superuser)
