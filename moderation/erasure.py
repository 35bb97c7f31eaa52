"""What reports keep of people who are erased, and for how long."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Member
from media.models import Image
from moderation.models import BannedAddress, Report, ReportedImage
from moderation.models.report import ReportQuerySet
from moderation.pseudonyms import pseudonym
from posts.models import Post

CHUNK = 1_000


def erase_from_reports(member: Member) -> None:
    """The step of this room when a member is erased: pseudonyms stand for them, and what may go goes at once."""
    ban_former_address(member, member.email)
    now, name = timezone.now(), pseudonym(member.pk)
    Report.objects.filter(subject=member).update(subject=None, post=None, subject_digest=name, subject_erased_at=now)
    Report.objects.filter(reporter=member).update(reporter=None, reporter_digest=name, reporter_erased_at=now)
    _due_subjects(now).filter(subject_digest=name).forget()
    _due_reporters(now).filter(reporter_digest=name).update(text="")
    _unname_in_log(member, name)


def purge_reports() -> int:
    """Forget what reports told of erased people, once decided or after ERASED_MEMBER_REPORT_DAYS; says how many."""
    now = timezone.now()
    swept = _due_reporters(now).update(text="")
    while ids := list(_due_subjects(now).values_list("pk", flat=True)[:CHUNK]):
        swept += Report.objects.filter(pk__in=ids).forget()
    # Their job died; another one may do better.
    ReportedImage.objects.filter(discarded_at__lt=now - timedelta(days=1)).give_up()
    return swept


def purge_banned_addresses() -> int:
    """Forget addresses whose time is over; says how many."""
    return BannedAddress.objects.filter(until__lte=timezone.now()).delete()[0]


def ban_former_address(member: Member, email: str) -> None:
    """Let nobody join with an address that the member leaves, with the account or without.

    Whoever leaves under a suspension waits for its end; whoever a report was upheld on, BANNED_EMAIL_DAYS.
    """
    longest = timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS)
    if Report.objects.filter(subject=member, state=Report.UPHELD).exists():
        BannedAddress.objects.ban(email, longest)
    elif member.is_suspended and member.suspended_until:
        BannedAddress.objects.ban(email, min(member.suspended_until, longest))


def _due_subjects(now: datetime) -> ReportQuerySet:
    """Reports on erased members that no open report is left on, or who are gone for ERASED_MEMBER_REPORT_DAYS."""
    kept = Report.objects.filter(subject_erased_at__isnull=False, forgotten_at=None)
    are_open = kept.filter(state=Report.OPEN).values("subject_digest")
    return kept.filter(Q(subject_erased_at__lte=_long_ago(now)) | ~Q(subject_digest__in=are_open))


def _due_reporters(now: datetime) -> ReportQuerySet:
    """Decided reports by erased members, and of members gone for ERASED_MEMBER_REPORT_DAYS, that still hold words."""
    kept = Report.objects.filter(reporter_erased_at__isnull=False, forgotten_at=None).exclude(text="")
    return kept.filter(Q(reporter_erased_at__lte=_long_ago(now)) | ~Q(state=Report.OPEN))


def _long_ago(now: datetime) -> datetime:
    return now - timedelta(days=settings.ERASED_MEMBER_REPORT_DAYS)


def _unname_in_log(member: Member, name: str) -> None:
    """What moderators did to a member's things stays in the admin's log; what these were called does not."""
    things: list[models.QuerySet[Any]] = [
        Member.objects.filter(pk=member.pk),
        Post.objects.filter(author=member),
        Image.objects.filter(owner=member),
    ]
    for rows in things:
        log = LogEntry.objects.filter(content_type=ContentType.objects.get_for_model(rows.model))
        ids = rows.annotate(as_text=Cast("pk", models.CharField())).values("as_text")
        log.filter(object_id__in=ids).update(object_id=name, object_repr="", change_message="")
