"""The page of a case: all reports of one post, comment or member, what it was and is, its author, what can be done."""

from collections import Counter
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst

from moderation.actors import Actor
from moderation.admin.action_links import action_links
from moderation.admin.history import decisions_for_page, recent_posts, recent_sessions, reports_for_page, strikes_of
from moderation.admin.images import avatar_of, post_image_rows, reported_image_rows, reported_images, shown_post_images
from moderation.models import Decision, Report
from moderation.priority import DUE_AFTER
from moderation.reasons import REASON_LABELS


def select_case(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Select what the page of a report shows besides it."""
    related = reports.select_related("subject__avatar__image", "post", "comment__post", "assignee")
    columns = {"snapshot_rows": reported_image_rows(), "present_rows": post_image_rows("post_id")}
    return related.annotate(strikes=strikes_of("subject_id"), **columns)


def case_details(report: Any, by: Actor) -> dict[str, Any]:
    """Return what the page of a report shows, for a report that `select_case` selected."""
    reports = reports_for_page(Report.objects.of_same_subject(report), by)
    member, post = report.subject, report.post
    if post is not None:
        # The same member, who needs no second statement.
        post.author = member
    comment = report.comment if report.comment and report.comment.author_id else None
    if comment is not None:
        comment.author = member
    # Of an erased member only the report itself can be looked up.
    concerned = Decision.objects.concerning(member) if member else Decision.objects.filter(report_id=report.pk)
    decisions = decisions_for_page(concerned, by)
    oldest = min((each.created_at for each in reports if each.state == Report.OPEN), default=None)
    return {
        "title": f"{capfirst(report.get_about_display())}: {report.nickname or '-'}",
        "reports": reports,
        "reason_counts": count_reasons(Counter(each.reason for each in reports)),
        "oldest": oldest,
        "is_overdue": oldest is not None and timezone.now() - oldest > DUE_AFTER,
        "snapshot_images": reported_images(report.snapshot_rows),
        "present_images": shown_post_images(report.present_rows) if post else [],
        # The images of a post are never changed.
        "is_changed": post is not None and post.text != report.subject_text,
        "avatar": avatar_of(member) if member else None,
        "posts": recent_posts(member.pk) if member else [],
        "sessions": recent_sessions(member.pk) if member else [],
        "decisions": decisions,
        "links": {
            "report": action_links(report, by),
            "post": action_links(post, by, report) if post else [],
            "comment": action_links(comment, by, report) if comment else [],
            "member": action_links(member, by, report) if member else [],
        },
    }


def count_reasons(reasons: Counter[str]) -> list[tuple[str, int]]:
    """Return each reason in words and how often it was given, the most frequent first."""
    return [(str(REASON_LABELS.get(reason, reason)), number) for reason, number in reasons.most_common()]
