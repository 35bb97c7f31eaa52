"""Report a member, a post or a comment: a snapshot of what is reported is stored.

Neither blocks nor withdrawal nor suspension matter: the response must not tell who is gone from who blocks the
reporter, and the reporter has seen what they report. A withdrawal can be cancelled, and a suspension ends.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.errors import NotOneself
from accounts.models import Avatar, Member
from comments.models import Comment
from media.models import Image
from moderation.automatic_hiding import hide_if_reported_by_many
from moderation.models import Report, ReportedImage
from posts.models import Post, PostImage

# A report, and whether it is new.
ReportAndIsNew = tuple[Report, bool]


@transaction.atomic
def report_member(reporter: Member, member_id: int, *, reason: str, text: str) -> ReportAndIsNew:
    """Report a member. While a report of the same two members is open, that one is returned unchanged.

    Raises NotOneself, and Http404 for an erased or unknown member.
    """
    reportable = Member.objects.not_erased().select_for_update(no_key=True)
    subject: Member = get_object_or_404(reportable, pk=member_id)
    image_ids = Avatar.objects.filter(member=subject).values_list("image_id", flat=True)
    snapshot = {"subject_text": subject.about, "subject_created_at": subject.created_at}
    return _report(reporter, subject, None, image_ids, reason=reason, text=text, **snapshot)


@transaction.atomic
def report_post(reporter: Member, post_id: int, *, reason: str, text: str) -> ReportAndIsNew:
    """Report a post. While the reporter's report of it is open, that one is returned unchanged.

    Raises NotOneself, and Http404 for a removed, deleted or unknown post, or one of an erased author.
    """
    reportable = Post.objects.published().not_hidden_by_author().filter(author__erasure_started_at=None)
    # Locked, so that a post which is being deleted is either reported whole or not found; in the order of actions.
    locked = reportable.select_related("author").select_for_update(no_key=True, of=("author", "self"))
    post = get_object_or_404(locked, pk=post_id)
    image_ids = PostImage.objects.filter(post=post).order_by("position").values_list("image_id", flat=True)
    snapshot = {"subject_text": post.text, "subject_created_at": post.created_at}
    report, is_new = _report(reporter, post.author, post, image_ids, reason=reason, text=text, **snapshot)
    if is_new:
        hide_if_reported_by_many(post)
    return report, is_new


@transaction.atomic
def report_comment(reporter: Member, comment_id: int, *, reason: str, text: str) -> ReportAndIsNew:
    """Report a comment. While the reporter's report of it is open, that one is returned unchanged.

    Raises NotOneself, and Http404 for a removed, deleted or unknown comment, or one of an erased author or on a post
    that could not be reported.
    """
    posts = Post.objects.published().not_hidden_by_author().filter(author__erasure_started_at=None)
    reportable = Comment.objects.filter(
        author__isnull=False, author__erasure_started_at=None, removed_at=None, post__in=posts.values("pk")
    )
    # Its author first, in the order of actions.
    author = Member.objects.lock(get_object_or_404(reportable, pk=comment_id).author_id or 0)
    comment = get_object_or_404(reportable.select_for_update(no_key=True, of=("self",)), pk=comment_id)
    if author is None:
        raise Http404
    snapshot = {"subject_text": comment.text, "subject_created_at": comment.created_at}
    return _report(reporter, author, comment, (), reason=reason, text=text, **snapshot)


@transaction.atomic
def report_by_rule(subject: Member, record: Post | Comment | None, *, reason: str, text: str) -> None:
    """Report a member, a post or a comment without a reporter, unless a rule's report of it is open.

    `text` is for moderators.
    """
    about = _about(record)
    by_rule = {"subject": subject, "reporter": None, "reporter_digest": "", "state": Report.OPEN}
    if Report.objects.filter(**by_rule, **about).exists():
        return
    shown = {"subject_text": record.text if record else subject.about, "nickname": subject.nickname}
    created_at = (record or subject).created_at
    report = Report.objects.create(**by_rule, **about, reason=reason, text=text, subject_created_at=created_at, **shown)
    if isinstance(record, Post):
        _copy_images_later(report, record.image_ids())


def _about(record: Post | Comment | None) -> dict[str, Any]:
    """Return the fields that say what a report is about; the member for None."""
    if record is None:
        return {"about": Report.MEMBER}
    return (
        {"about": Report.POST, "post": record}
        if isinstance(record, Post)
        else {"about": Report.COMMENT, "comment": record}
    )


def _report(
    reporter: Member, subject: Member, record: Post | Comment | None, image_ids: Iterable[int], **fields: Any
) -> ReportAndIsNew:
    if reporter.pk == subject.pk:
        raise NotOneself
    members = {"reporter_id": reporter.pk, "subject": subject}
    report, is_new = Report.objects.get_or_create(
        **members, **_about(record), state=Report.OPEN, defaults={"nickname": subject.nickname, **fields}
    )
    if is_new:
        _copy_images_later(report, list(image_ids))
    return report, is_new


def _copy_images_later(report: Report, image_ids: list[int]) -> None:
    # Locked before they are referred to: an image discarded before is left out, one discarded after waits for its copy.
    stored = Image.objects.stored().filter(pk__in=image_ids).order_by("pk").select_for_update(no_key=True)
    alts = dict(stored.values_list("pk", "alt"))
    ReportedImage.objects.bulk_create(
        ReportedImage(report=report, image_id=pk, alt=alts[pk], position=position)
        for position, pk in enumerate(image_ids)
        if pk in alts
    )
    ReportedImage.objects.filter(report=report).copy_later()
