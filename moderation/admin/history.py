"""What pages of moderators show of a member's history, each by one statement."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce

from accounts.models import LoginSession, Member
from moderation.actions.deciders import RANKS
from moderation.actions.undo import is_undo_allowed
from moderation.actors import Actor
from moderation.admin.action_links import mute_link
from moderation.admin.images import post_image_rows, shown_post_images
from moderation.admin.labels import decision_label
from moderation.admin.revealing import mask_network
from moderation.models import Decision, MutedReporter, Report
from moderation.models.decision import DecisionQuerySet
from posts.models import Post

POSTS_SHOWN, SESSIONS_SHOWN, DECISIONS_SHOWN, REPORTS_SHOWN = 6, 5, 20, 100
# What counts against a member until it is undone; a post that a rule has hidden counts once somebody removes it.
STRIKES = ("warn_member", "remove_post", "remove_comment", "suspend_member", "suspend_member_for_good")


def recent_posts(member_id: int | None, number: int = POSTS_SHOWN) -> list[dict[str, Any]]:
    """Return the newest posts of a member with their images, removed ones too."""
    posts = Post.objects.filter(author=member_id).newest_first()
    columns = ("id", "text", "created_at", "edited_at", "removed_at")
    rows = posts.values(*columns, image_rows=post_image_rows())[:number]
    return [{**row, "images": shown_post_images(row.pop("image_rows"))} for row in rows]


def recent_sessions(member_id: int | None, *, is_revealed: bool = False) -> list[Any]:
    """Return the login sessions of a member that were used last, each with its network, masked unless revealed."""
    sessions: list[Any] = list(LoginSession.objects.filter(member=member_id).order_by("-used_at")[:SESSIONS_SHOWN])
    for session in sessions:
        session.shown_network = session.network if is_revealed else mask_network(session.network)
    return sessions


def decisions_for_page(decisions: DecisionQuerySet, by: Actor) -> list[Any]:
    """Return the newest of these decisions, each with its label, whether it is undone and may be undone.

    Those of reports on who looks are left out. A decision that undoes another is newer, so it is among them if that
    one is.
    """
    shown = decisions.not_of_reports_on(by.member_id).annotate(**RANKS)
    rows: list[Any] = list(shown.order_by("-created_at", "-id")[:DECISIONS_SHOWN])
    undone = {row.undoes_id for row in rows}
    for row in rows:
        row.action_label = decision_label(row)
        row.is_undone = row.pk in undone
        row.may_undo = not row.is_undone and is_undo_allowed(row, by)
    return rows


def strikes_of(member: str) -> Coalesce:
    """The number of decisions that count against the member of each row; `member` is the path to the member's id."""
    counted = Decision.objects.filter(member_id=OuterRef(member), action__in=STRIKES).not_undone().order_by()
    return Coalesce(Subquery(counted.values("member_id").annotate(number=Count("pk")).values("number")), 0)


def reports_with_record(reports: QuerySet[Report]) -> QuerySet[Report]:
    """Select the reporters of these reports and how many of their reports were right and wrong."""
    record = {f"reporter_{state}": _reports_made("reporter_id", state=state) for state in (Report.UPHELD, "dismissed")}
    return reports.select_related("reporter").annotate(reporter_is_muted=_is_muted("reporter_id"), **record)


def reports_for_page(reports: QuerySet[Report], by: Actor, number: int = REPORTS_SHOWN) -> list[Any]:
    """Return the newest of these reports, each with the link that mutes its reporter."""
    rows: list[Any] = list(reports_with_record(reports).order_by("-created_at", "-id")[:number])
    reporters = [row.reporter for row in rows if row.reporter]
    prefetch_related_objects([reporter for reporter in reporters if reporter.is_staff], "groups")
    for row in rows:
        row.mute_link = mute_link(row.reporter, by, is_muted=row.reporter_is_muted) if row.reporter else None
    return rows


def members_with_record(members: QuerySet[Member]) -> QuerySet[Member]:
    """Select how often the members broke rules, how many reports they made, and how many were right and wrong."""
    record = {f"reports_{state}": _reports_made("pk", state=state) for state in (Report.UPHELD, "dismissed")}
    record |= {"is_muted": _is_muted("pk")}
    return members.annotate(reports_all=_reports_made("pk"), strikes=strikes_of("pk"), **record)


def _is_muted(member: str) -> Exists:
    return Exists(MutedReporter.objects.filter(member=OuterRef(member)))


def _reports_made(member: str, **states: str) -> Subquery:
    theirs = Report.objects.filter(reporter=OuterRef(member), **states).order_by().values("reporter")
    return Subquery(theirs.annotate(number=Count("pk")).values("number"))


def reports_on(member: Member) -> QuerySet[Report]:
    """Return the reports on a member and their posts."""
    return Report.objects.filter(subject=member.pk)
