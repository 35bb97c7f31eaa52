"""How a report comes about: what is pointed at is looked up without regard to blocks, and kept as it is just now."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404

from accounts.errors import NotOneself
from accounts.models import Avatar, Member
from accounts.models.member import MemberQuerySet
from libs.outbox.queue import enqueue_many
from media.models import Image
from moderation.models import Report, ReportedImage
from posts.models import Post, PostImage

# The report, and whether it is new.
Filed = tuple[Report, bool]


@transaction.atomic
def report_member(reporter: Member, member_id: int, *, reason: str, text: str) -> Filed:
    """Point at a member. Raises NotOneself, and Http404 for one who is withdrawn, suspended or unknown.

    While one's report of the same subject is open, another changes nothing.
    """
    standing = Member.objects.standing().select_for_update(no_key=True)
    subject: Member = get_object_or_404(standing, pk=member_id)
    images = Avatar.objects.filter(member=subject).values_list("image_id", flat=True)
    shown = {"words": subject.about, "subject_since": subject.created_at}
    return _file(reporter, subject, None, images, reason=reason, text=text, **shown)


@transaction.atomic
def report_post(reporter: Member, post_id: int, *, reason: str, text: str) -> Filed:
    """Point at a post.

    Raises NotOneself, and Http404 for a removed, taken back or unknown one, or one of a hidden writer.
    """
    said = Post.objects.published().not_hidden_by_author().filter(MemberQuerySet.is_standing("author__"))
    # Locked, so that a post which is just being deleted is either reported whole or not there.
    locked = said.select_related("author").select_for_update(no_key=True, of=("self",))
    post = get_object_or_404(locked, pk=post_id)
    images = PostImage.objects.filter(post=post).order_by("position").values_list("image_id", flat=True)
    shown = {"words": post.text, "subject_since": post.created_at}
    return _file(reporter, post.author, post, images, reason=reason, text=text, **shown)


def _file(reporter: Member, subject: Member, post: Post | None, image_ids: Iterable[int], **told: Any) -> Filed:
    if reporter.pk == subject.pk:
        raise NotOneself
    pair = {"reporter_id": reporter.pk, "subject": subject}
    pointed: dict[str, Any] = {"about": Report.POST, "post": post} if post else {"about": Report.MEMBER}
    report, is_new = Report.objects.get_or_create(
        **pair, **pointed, state=Report.OPEN, defaults={"nickname": subject.nickname, **told}
    )
    if is_new:
        _keep_pictures(report, list(image_ids))
    return report, is_new


def _keep_pictures(report: Report, image_ids: list[int]) -> None:
    # Locked before they are held: a picture given up before is left out, one given up after waits for its copy.
    stored = Image.objects.stored().filter(pk__in=image_ids).order_by("pk").select_for_update(no_key=True)
    alts = dict(stored.values_list("pk", "alt"))
    pictures = ReportedImage.objects.bulk_create(
        ReportedImage(report=report, image_id=pk, alt=alts[pk], position=place)
        for place, pk in enumerate(image_ids)
        if pk in alts
    )
    enqueue_many("moderation.copy_pictures", [{"picture_ids": [picture.pk]} for picture in pictures])
