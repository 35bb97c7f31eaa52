"""What becomes of reports, of the admin's log and of the e-mail address when a member is erased.

Pseudonyms take the place of the member, so that later decisions and audits find their record. Each step handles at most
`limit` records and returns whether there may be more, see accounts.member_data_registry.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import Member
from comments.models import Comment
from libs.cleanup import chunk_ids
from media.models import Image
from moderation.models import BannedAddress, Decision, Report
from moderation.pseudonyms import pseudonym
from posts.models import Post


def ban_former_address(member: Member, email: str) -> None:
    """Ban an address that a suspended member gives up until the suspension ends, BANNED_EMAIL_DAYS at most.

    If a report of the member was upheld, the address is banned for BANNED_EMAIL_DAYS.
    """
    longest = timezone.now() + timedelta(days=settings.BANNED_EMAIL_DAYS)
    if Report.objects.filter(subject=member, state=Report.UPHELD).exists():
        BannedAddress.objects.ban(email, longest)
    elif member.is_suspended and member.suspended_until:
        BannedAddress.objects.ban(email, min(member.suspended_until, longest))


def detach_reports_on(member: Member, limit: int) -> bool:
    """Put the pseudonym in the place of the member in reports on them, their posts and comments."""
    ids = chunk_ids(Report.objects.filter(subject=member.pk), limit)
    digest = {"subject_digest": pseudonym(member.pk), "subject_erased_at": timezone.now()}
    Report.objects.filter(pk__in=ids).update(subject=None, post=None, comment=None, **digest)
    return len(ids) == limit


def detach_reports_by(member: Member, limit: int) -> bool:
    """Put the pseudonym in the place of the member in reports that they made."""
    ids = chunk_ids(Report.objects.filter(reporter=member.pk), limit)
    digest = {"reporter_digest": pseudonym(member.pk), "reporter_erased_at": timezone.now()}
    Report.objects.filter(pk__in=ids).update(reporter=None, **digest)
    return len(ids) == limit


def forget_reports_on(member: Member, limit: int) -> bool:
    """Forget what reports on the member show, if no open report needs it; after all of them are detached."""
    ids = chunk_ids(Report.objects.to_forget().filter(subject_digest=pseudonym(member.pk)), limit)
    Report.objects.filter(pk__in=ids).forget()
    return len(ids) == limit


def clear_texts_by(member: Member, limit: int) -> bool:
    """Clear what the member wrote in reports that are decided."""
    ids = chunk_ids(Report.objects.with_text_to_clear().filter(reporter_digest=pseudonym(member.pk)), limit)
    Report.objects.filter(pk__in=ids).update(text="")
    return len(ids) == limit


def clear_decisions_on(member: Member, limit: int) -> bool:
    """Clear names, texts and what was changed in decisions that concern the member; action, reason and date stay."""
    ids = chunk_ids(Decision.objects.concerning(member), limit)
    Decision.objects.clear_member(member.pk, ids)
    return len(ids) == limit


def clear_decisions_by(member: Member, limit: int) -> bool:
    """Put the pseudonym in the place of the member in decisions that they took."""
    ids = chunk_ids(Decision.objects.filter(actor_id=member.pk), limit)
    Decision.objects.clear_actor(member.pk, ids)
    return len(ids) == limit


def anonymize_admin_log(member: Member, limit: int) -> bool:
    """Keep in the admin's log what moderators did to the member and what they published, without any names."""
    ids = chunk_ids(LogEntry.objects.filter(_is_about(member)), limit)
    LogEntry.objects.filter(pk__in=ids).update(object_id=pseudonym(member.pk), object_repr="", change_message="")
    return len(ids) == limit


def _is_about(member: Member) -> Q:
    rows = (
        Member.objects.filter(pk=member.pk),
        Post.objects.filter(author=member.pk),
        Comment.objects.filter(author=member.pk),
        Image.objects.filter(owner=member.pk),
    )
    condition = Q()
    for queryset in rows:
        ids = queryset.annotate(as_text=Cast("pk", models.CharField())).values("as_text")
        condition |= Q(content_type=ContentType.objects.get_for_model(queryset.model), object_id__in=ids)
    return condition
