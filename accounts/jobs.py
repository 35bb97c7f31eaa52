"""Outbox jobs of accounts: e-mails, erasure, revocation markers, exports."""

from datetime import datetime, timedelta
from typing import Any

import django.db
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.emails import send, send_code, send_new_device, send_security_notice, send_withdrawn
from accounts.erasure import erase_chunk
from accounts.exports import export_files
from accounts.exports.builder import build_archive, delete_orphaned_file
from accounts.member_data_registry import block_steps
from accounts.models import Export, LoginSession, Member, SecurityEvent, VerificationCode
from accounts.sessions.revocation import are_marked_revoked, mark_revoked
from libs.cleanup import CHUNK
from libs.outbox.errors import PermanentFailure
from libs.outbox.queue import enqueue
from libs.outbox.registry import handles
from libs.throttling.rate_limits import count_hit

# Security events that anybody who can log in may cause again and again.
REPEATABLE_EVENTS = (SecurityEvent.TOKEN_REUSED, SecurityEvent.TOKEN_REPEATED, SecurityEvent.STAFF_LOGIN)


@handles("accounts.end_contact", lane="bulk")
@transaction.atomic
def end_contact(payload: dict[str, Any]) -> None:
    """Delete what is left between two members after a block, CHUNK records of each kind at a time."""
    one, other = payload["member_ids"]
    is_more = [step(one, other, CHUNK) for step in block_steps()]
    if any(is_more):
        enqueue("accounts.end_contact", payload)


# Jobs of the release before are of the first kind for sign-ups, too.
@handles("accounts.mail_code", lane="email")
@handles("accounts.mail_sign_up_code", lane="email", priority=-1)
def mail_code(payload: dict[str, Any]) -> None:
    """Send a new code, of which the digest is stored; a retry generates another one, and both are valid.

    When a code was requested several times before its e-mail could be sent, only the newest request sends one. Raises
    PermanentFailure when the newest is too old.
    """
    if code := _newest_code(payload):
        send_code(code)


@handles("accounts.mail_busy_network_code", lane="email", priority=-2)
def mail_busy_network_code(payload: dict[str, Any]) -> None:
    """Send a code for a sign-up from a network that requests many of them, otherwise like `mail_code`."""
    if code := _newest_code(payload):
        send_code(code, from_busy_network=True)


def _newest_code(payload: dict[str, Any]) -> VerificationCode | None:
    """Return the code of a job; None when it was used or requested again meanwhile."""
    code = VerificationCode.objects.filter(pk=payload["code_id"]).first()
    # Jobs of the release before do not have it.
    requested_at = payload.get("requested_at")
    if code is None or (requested_at is not None and datetime.fromisoformat(requested_at) < code.requested_at):
        return None
    return code


def _may_be_notified(member_id: int, about: str) -> bool:
    """Count an e-mail about something that whoever is logged in can repeat at will; others are never held back."""
    return count_hit("new-device-email", f"{member_id} {about}").allowed


@handles("accounts.mail_event", lane="email")
def mail_event(payload: dict[str, Any]) -> None:
    """Send the member an e-mail about a security event, unless they had many of its kind of late."""
    event = SecurityEvent.objects.select_related("member").filter(pk=payload["event_id"]).first()
    if event is None or event.member.erasure_started_at is not None:
        return
    if event.kind not in REPEATABLE_EVENTS or _may_be_notified(event.member_id, event.kind):
        send_security_notice(event, event.member.email)


@handles("accounts.mail_former_address", lane="email")
def mail_former_address(payload: dict[str, Any]) -> None:
    """Send the former address an e-mail about its change, then delete it."""
    event = SecurityEvent.objects.select_related("member").filter(pk=payload["event_id"]).first()
    if event is not None and event.former_email and event.member.erasure_started_at is None:
        send_security_notice(event, event.former_email)
        try:
            SecurityEvent.objects.filter(pk=event.pk).update(former_email="")
        except django.db.Error:
            # Another attempt would send it twice.
            raise PermanentFailure("The e-mail was sent, but the address could not be deleted.") from None


@handles("accounts.mail_new_device", lane="email")
def mail_new_device(payload: dict[str, Any]) -> None:
    """Send the member an e-mail about a login from a new device or network, unless they had many of late."""
    session = LoginSession.objects.select_related("member").filter(pk=payload["session_id"]).first()
    if session is None or session.member.erasure_started_at is not None:
        return
    if _may_be_notified(session.member_id, "new_device"):
        send_new_device(session)


@handles("accounts.mail_withdrawn", lane="email")
def mail_withdrawn(payload: dict[str, Any]) -> None:
    """Send the member an e-mail about the withdrawal, unless it is cancelled or final by now."""
    member = Member.objects.filter(pk=payload["member_id"]).first()
    if member is not None and _may_be_notified(member.pk, "withdrawn"):
        send_withdrawn(member)


@handles("accounts.erase_member", lane="bulk")
def erase_member(payload: dict[str, Any]) -> None:
    """Delete the next chunk of an erased member's data."""
    erase_chunk(payload["member_id"])


class CacheUnavailable(Exception):
    """Revocation markers could not be written while sessions may still be cached as live; the job is retried."""


# The second kind is that of the release before, whose jobs may still wait.
@handles("accounts.mark_sessions_revoked")
@handles("accounts.bury_sessions")
def mark_sessions_revoked(payload: dict[str, Any]) -> None:
    """Write revocation markers again, in case the cache was unavailable when the sessions ended."""
    ids = payload["session_ids"]
    mark_revoked(ids)
    recent = timezone.now() - timedelta(seconds=2 * settings.LOGIN_SESSION_CACHE_SECONDS)
    if not are_marked_revoked(ids) and LoginSession.objects.filter(pk__in=ids, ended_at__gt=recent).exists():
        raise CacheUnavailable


@handles("accounts.build_export", lane="exports")
def build_export(payload: dict[str, Any]) -> None:
    """Build a data export; the payload has the key, since the export may be deleted meanwhile."""
    export = Export.objects.start_attempt(payload["export_id"])
    if export is None:
        delete_orphaned_file(payload["export_id"], payload["key"])
    else:
        build_archive(export)


@handles("accounts.delete_exports", lane="bulk")
def delete_exports(payload: dict[str, Any]) -> None:
    """Delete export files that expired or whose member was erased; StorageUnavailable makes the outbox retry."""
    for key in payload["keys"]:
        export_files.delete_file(key)


@handles("accounts.mail_export", lane="email")
def mail_export(payload: dict[str, Any]) -> None:
    """Send an e-mail that the export is ready, to a member who can still log in."""
    export = Export.objects.select_related("member").filter(pk=payload["export_id"]).first()
    if export and export.has_file and export.member.is_active:
        send("export_ready", export.member.email, export.language, {"days": settings.EXPORT_RETENTION_DAYS})
