"""What this app contributes to a member's erasure and data export, to sign-up and to clean-up."""

from collections.abc import Iterator
from typing import Any

from accounts.exports.contents import iterate_by_id
from accounts.member_data_registry import (
    ErasureStage,
    add_email_check,
    add_erasure_step,
    add_export_file,
    add_former_email_handler,
)
from accounts.models import Member
from libs.cleanup import add_cleanup_task
from moderation import erasure
from moderation.models import BannedAddress, Report


def export_reports(member: Member) -> Iterator[dict[str, Any]]:
    """The member's own reports: their words, without the snapshot of what they reported."""
    for report in iterate_by_id(Report.objects.filter(reporter=member.pk)):
        fields = {name: getattr(report, name) for name in ("about", "reason", "text", "state", "created_at")}
        yield {"id": str(report.pk), **fields}


add_erasure_step(ErasureStage.REPORTS, erasure.erase_from_reports)
add_export_file("reports", export_reports)
add_email_check(BannedAddress.objects.is_banned)
# Or moving to another address first, and withdrawing then, would shed the ban.
add_former_email_handler(erasure.ban_former_address)
add_cleanup_task("reports", erasure.purge_reports)
add_cleanup_task("banned_addresses", erasure.purge_banned_addresses)
