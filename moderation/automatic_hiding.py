"""Hide a post that several trusted members report, until a moderator has looked at it."""

from datetime import timedelta

from django.db.models import Count, F, Q
from django.utils import timezone

from moderation.actions import get_action
from moderation.actors import SYSTEM
from moderation.models import MutedReporter, Report, Rules
from posts.models import Post

# Reports of younger accounts hide nothing: they may be made for this. Days.
TRUSTED_AFTER_DAYS = 7


def hide_if_reported_by_many(post: Post) -> None:
    """Hide the post if the rules say so, in the transaction of a report, which has locked it."""
    rules = Rules.objects.current()
    if not rules.hides_reported_posts:
        return
    reporters = Report.objects.open().filter(post=post.pk, reporter__isnull=False)
    trusted = list(reporters.values_list("reporter_id", flat=True))
    if len(trusted) >= rules.reporters_to_hide and _number_of_trusted(trusted) >= rules.reporters_to_hide:
        get_action("hide_post").run(post, by=SYSTEM, reason="by_rule")


def _number_of_trusted(reporter_ids: list[int]) -> int:
    """Count those who are members for some days, not muted, and whose reports were upheld as often as dismissed."""
    before = timezone.now() - timedelta(days=TRUSTED_AFTER_DAYS)
    records = (
        Report.objects.filter(reporter__in=reporter_ids, reporter__created_at__lte=before)
        .exclude(reporter__in=MutedReporter.objects.values("member"))
        .values("reporter")
        .annotate(
            upheld=Count("pk", filter=Q(state=Report.UPHELD)), dismissed=Count("pk", filter=Q(state=Report.DISMISSED))
        )
    )
    return records.filter(dismissed__lte=F("upheld")).count()
