"""Delete what reports show of erased members, and bans of e-mail addresses, when their time is over."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from libs.cleanup import CHUNK, add_cleanup_task, chunk_ids
from moderation.models import BannedAddress, Report, ReportedImage, WithheldAvatar


def clean_up_reports(*, dry: bool = False) -> int:
    """Forget reports on erased members that nothing needs any more; returns how many.

    Discarded images whose files are still there after a day get another job: theirs has failed. Copies
    that an earlier release made are moved to private storage.
    """
    if dry:
        return Report.objects.with_text_to_clear().count() + Report.objects.to_forget().count()
    number = Report.objects.with_text_to_clear().update(text="")
    while ids := chunk_ids(Report.objects.to_forget(), CHUNK):
        number += Report.objects.filter(pk__in=ids).forget()
    ReportedImage.objects.filter(discarded_at__lt=timezone.now() - timedelta(days=1)).discard()
    with transaction.atomic():
        ReportedImage.objects.in_public_storage().copy_later()
    return number


def clean_up_withheld_avatars(*, dry: bool = False) -> int:
    """Delete the images of avatars whose reset can no longer be undone; returns how many."""
    if dry:
        return WithheldAvatar.objects.expired().count()
    number = 0
    while ids := chunk_ids(WithheldAvatar.objects.expired(), CHUNK):
        number += WithheldAvatar.objects.filter(pk__in=ids).discard()
    return number


def clean_up_banned_addresses(*, dry: bool = False) -> int:
    """Delete bans that have ended; returns how many."""
    ended = BannedAddress.objects.filter(until__lte=timezone.now())
    return ended.count() if dry else ended.delete()[0]


add_cleanup_task("reports", clean_up_reports)
add_cleanup_task("withheld_avatars", clean_up_withheld_avatars)
add_cleanup_task("banned_addresses", clean_up_banned_addresses)
