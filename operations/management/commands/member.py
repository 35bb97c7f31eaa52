"""Find members, and do for one of them what operators do."""

from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.email_addresses import mask_email, normalise_email, parse_email
from accounts.erasure import erase_at_once
from accounts.errors import ExportOnceADay
from accounts.member_data_registry import is_email_refused
from accounts.models import Export, LoginSession, Member, VerificationCode
from accounts.staff.second_factor import has_second_factor, reset_second_factor
from libs.commands.base import CommandError, OperatorCommandGroup, argument, subcommand
from libs.commands.results import ExitCode, Result, format_table
from moderation.actions import get_action
from moderation.actions.members import SUSPENSION_DAYS
from moderation.actors import Actor
from moderation.errors import ActionRefused
from moderation.models import Decision
from moderation.pseudonyms import pseudonym
from moderation.reasons import REASON_LABELS
from moderation.roles import ROLE_LABELS

WHO = argument("who", help="an id, or an e-mail address")
NO_ROLE = "none"


def _reasons(*actions: str, default: str | None = None) -> tuple[Any, Any]:
    choices = sorted({reason for name in actions for reason in get_action(name).reasons})
    reason: dict[str, Any] = {"choices": choices, "help": "; ".join(f"{one}: {REASON_LABELS[one]}" for one in choices)}
    reason |= {"default": default} if default else {"required": True}
    text = argument("--text", default="", help="your own words, which the member reads")
    return argument("--reason", **reason), text


class Command(OperatorCommandGroup):
    help = "Find and show members, and suspend, log out, export or erase one, or give them a role."

    @subcommand("find members by id, e-mail address, or a part of the nickname", argument("words"), default_batch=20)
    def find(self, *, words: str, batch: int) -> Result:
        """List those who match, whatever their state."""
        found = list(Member.objects.filter(_matches(words)).order_by("pk")[: batch + 1])
        rows = [_overview(member) for member in found[:batch]]
        table = format_table(
            [["id", "nickname", "e-mail", "state"], *([str(value) for value in row.values()] for row in rows)]
        )
        code = ExitCode.MORE_LEFT if len(found) > batch else ExitCode.DONE if found else ExitCode.NOTHING_TO_DO
        return Result({"members": rows}, table if found else "Nobody was found.", code)

    @subcommand("show a member's account, without the e-mail address and what they wrote", WHO)
    def show(self, *, who: str) -> Result:
        """Show one member."""
        member = _find(who)
        shown = _overview(member) | {
            "created_at": member.created_at,
            "suspended_until": member.suspended_until,
            "withdrawn_at": member.withdrawn_at,
            "erasure_started_at": member.erasure_started_at,
            "roles": sorted(member.groups.values_list("name", flat=True)),
            "is_staff": member.is_staff,
            "is_superuser": member.is_superuser,
            "has_second_factor": has_second_factor(member),
            "sessions": member.sessions.live().count(),
            "decisions": Decision.objects.concerning(member).not_undone().count(),
        }
        return Result(shown, "\n".join(f"{name:20} {value}" for name, value in shown.items()))

    @subcommand(
        "create a member, who sets a password by e-mail",
        argument("email"),
        argument("--name", required=True),
        argument("--nickname", required=True),
        argument("--language", choices=["en", "ko"], default="en", help="of e-mails"),
        is_recorded=True,
    )
    def create(self, *, email: str, name: str, nickname: str, language: str) -> Result:
        """Create a member without a password, and send a code to set one."""
        try:
            fields = {"name": name, "nickname": nickname, "language": language}
            member = Member(email=parse_email(email), **fields)
            member.set_unusable_password()
            member.full_clean()
            if is_email_refused(member.email):
                raise CommandError("Moderation has banned this address.")
            with transaction.atomic():
                member.save(force_insert=True)
                _send_code(member)
                self.record(member.nickname, member_id=member.pk)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except (ValueError, IntegrityError) as error:
            raise CommandError("This is no e-mail address that can be used, or a member has it already.") from error
        return Result({"id": str(member.pk)}, f"Created {member.pk}. An e-mail with a code is on its way.")

    @subcommand(
        "suspend a member for days, or for good",
        WHO,
        argument("--days", type=int, choices=list(SUSPENSION_DAYS)),
        argument("--for-good", action="store_true"),
        *_reasons("suspend_member", "suspend_member_for_good"),
        is_recorded=True,
    )
    def suspend(self, *, who: str, days: int | None, for_good: bool, reason: str, text: str) -> Result:
        """Suspend a member, who gets an e-mail with the reason."""
        if (days is None) is not for_good:
            raise CommandError("Give either --days or --for-good.")
        options = {} if for_good else {"days": days}
        return self._decide("suspend_member_for_good" if for_good else "suspend_member", who, reason, text, **options)

    @subcommand("lift a suspension", WHO, *_reasons("lift_suspension", default="mistake"), is_recorded=True)
    def lift(self, *, who: str, reason: str, text: str) -> Result:
        """Lift a suspension, of which the member gets an e-mail."""
        return self._decide("lift_suspension", who, reason, text)

    @subcommand("send a code to set a new password; nobody else learns or chooses one", WHO, is_recorded=True)
    def reset_password(self, *, who: str) -> Result:
        """Start a password reset, as the member would."""
        member = _find(who)
        with transaction.atomic():
            _send_code(member)
            self.record(member.nickname, member_id=member.pk)
        return Result({"id": str(member.pk)}, "An e-mail with a code is on its way.")

    @subcommand(
        "give a member a role of the staff, or none",
        WHO,
        argument("role", choices=[NO_ROLE, *filter(None, ROLE_LABELS)]),
        *_reasons("set_role", default="staffing"),
        is_recorded=True,
    )
    def set_role(self, *, who: str, role: str, reason: str, text: str) -> Result:
        """Set the role; whoever is new sets a new password, by the rules for staff."""
        return self._decide("set_role", who, reason, text, role="" if role == NO_ROLE else role)

    @subcommand("delete a second factor, so that the next login sets a new one up", WHO, is_recorded=True)
    def reset_second_factor(self, *, who: str) -> Result:
        """Delete the second factor, of which the member gets an e-mail."""
        member = _find(who)
        with transaction.atomic():
            if not reset_second_factor(member):
                return Result({"reset": False}, "There is none.", ExitCode.NOTHING_TO_DO)
            self.record(member.nickname, member_id=member.pk)
        return Result({"reset": True}, "The next login sets a new one up.")

    @subcommand(
        "log a member out on all devices; with --all, everybody",
        argument("who", nargs="?", help="an id, or an e-mail address"),
        argument("--all", action="store_true", help="of all members, without e-mails, as after a restore"),
        *_reasons("end_sessions", default="account_security"),
        needs_yes=True,
        is_recorded=True,
        default_batch=1_000,
    )
    def end_sessions(
        self,
        *,
        who: str | None,
        all: bool,  # noqa: A002
        reason: str,
        text: str,
        yes: bool,
        batch: int,
    ) -> Result:
        """End sessions of one member, or a batch of all."""
        if (who is None) is not all:
            raise CommandError("Name a member, or give --all.")
        if who is not None and yes:
            return self._decide("end_sessions", who, reason, text)
        sessions = LoginSession.objects.live()
        sessions = sessions.filter(member=_find(who)) if who is not None else sessions
        ids = list(sessions.order_by("pk").values_list("pk", flat=True)[: batch + 1])
        if yes and ids:
            with transaction.atomic():
                LoginSession.objects.filter(pk__in=ids[:batch]).end("moderation")
                self.record("all members", sessions=len(ids[:batch]))
        code = ExitCode.MORE_LEFT if len(ids) > batch else ExitCode.DONE if ids else ExitCode.NOTHING_TO_DO
        text = "Ended {} sessions." if yes else "Would end {} sessions. Add --yes to do it."
        return Result({"sessions": len(ids[:batch]), "done": yes}, text.format(len(ids[:batch])), code)

    @subcommand("build a copy of a member's data, which they download themselves", WHO, is_recorded=True)
    def export(self, *, who: str) -> Result:
        """Request an export for the member, who gets an e-mail when it is ready."""
        member = _find(who)
        try:
            with transaction.atomic():
                export, _ = Export.objects.request_export(member)
                self.record(member.nickname, member_id=member.pk)
        except ExportOnceADay as error:
            raise CommandError(str(error.detail)) from error
        return Result({"export": str(export.pk)}, "The member gets an e-mail when it is ready.")

    @subcommand(
        "erase a member and all their data, without a grace period; with --ids, all members of a list",
        argument("who", nargs="?", help="an id, or an e-mail address"),
        argument("--ids", metavar="FILE", help="a file with an id in each line, as from the log after a restore"),
        needs_yes=True,
        is_recorded=True,
    )
    def erase(self, *, who: str | None, ids: str | None, yes: bool) -> Result:
        """Start the erasure; jobs do it. Ids that nobody has are left out, so that a list can be erased again."""
        if (who is None) is not (ids is not None):
            raise CommandError("Name a member, or give --ids.")
        members = [_find(who)] if who is not None else _members_of_file(ids or "")
        found = [member for member in members if member.erasure_started_at is None]
        if yes:
            found = [member for member in self.progress.track(found, "members", len(found)) if self._erase(member)]
        would = "Would erase {} for good. Add --yes to do it."
        text = "Erasing {}; nobody can see them any more, and jobs delete the data." if yes else would
        names = ", ".join(f"{member.pk} ({member.nickname})" for member in found) or "nobody"
        data = {"ids": [str(member.pk) for member in found], "done": yes}
        return Result(data, text.format(names), ExitCode.DONE if found else ExitCode.NOTHING_TO_DO)

    def _erase(self, member: Member) -> bool:
        with transaction.atomic():
            is_new = erase_at_once(member.pk)
            if is_new:
                self.record("a member", member_digest=pseudonym(member.pk))
        return is_new

    def _decide(self, name: str, who: str, reason: str, text: str, **options: Any) -> Result:
        """Run an action of moderation on a member. Raises CommandError with the reason of a refusal."""
        try:
            decision = get_action(name).run(
                _find(who), by=Actor.operator(self.operator), reason=reason, text=text, **options
            )
        except ActionRefused as error:
            raise CommandError(str(error)) from error
        return Result({"decision": str(decision.pk)}, f"Done, by decision {decision.pk}.")


def _matches(words: str) -> Q:
    if words.isascii() and words.isdigit() and int(words[:20]) < 2**63:
        return Q(pk=int(words))
    if "@" in words:
        return Q(email=normalise_email(words[:254]))
    return Q(pk__in=Member.objects.search_nickname(words).values("pk"))


def _find(who: str) -> Member:
    """Return the member. Raises CommandError."""
    is_exact = "@" in who or (who.isascii() and who.isdigit())
    member: Member | None = Member.objects.filter(_matches(who)).first() if is_exact else None
    if member is None:
        raise CommandError("There is no such member. Look for them by: manage.py member find WORDS")
    return member


def _members_of_file(path: str) -> list[Member]:
    """Return the members whose ids are in a file. Raises CommandError for a line that is no id."""
    try:
        lines = Path(path).read_text().split()
        ids = [int(line) for line in lines]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read as a list of ids.") from error
    return list(Member.objects.filter(pk__in=ids).order_by("pk"))


def _overview(member: Member) -> dict[str, Any]:
    return {
        "id": str(member.pk),
        "nickname": member.nickname,
        "email": mask_email(member.email),
        "state": _state(member),
    }


def _state(member: Member) -> str:
    if member.erasure_started_at:
        return "being erased"
    if member.withdrawn_at:
        return "withdrawn"
    return "suspended" if member.is_suspended else "active"


def _send_code(member: Member) -> None:
    VerificationCode.objects.request_code(member.email, VerificationCode.RESET, member.language)
