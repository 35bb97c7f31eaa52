"""Record notifications, in the transaction of what happened: nothing is lost with it, and nothing is left without it.

Two transactions that record hearts of one post, or follows of one member, do not run at the same time: what happened
has locked the post or the member before.
"""

from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Follow, Member
from libs.compiled_inserts import insert_unless_exists
from libs.keyset.models import save_all
from notifications.models import DisabledKind, Notification, NotificationActor
from notifications.models.kinds import GROUPED, TEXTS

# A notification gets further actors for so long, and only while its member has not seen it.
GROWS_FOR = timedelta(hours=24)
# Who takes a heart or a follow back and repeats it within this time is no news.
REPEATED_WITHIN = timedelta(days=30)
# Accounts younger than this, which may have been made to annoy somebody, notify only members who follow them.
TRUSTED_AFTER = timedelta(days=1)


def record(new: Sequence[Notification], *, by: int | None = None) -> None:
    """Store new notifications of one kind, with the member of the id `by` as their actor.

    With an actor all are about the same. A heart or a follow joins a notification that still grows. Left out are those
    of members who do not want this kind, who are the actor themselves, or have a notification of the same actor about
    the same within REPEATED_WITHIN.
    """
    wanted = _wanted(new, by) if new else []
    growing = growing_like(wanted[0]).values_list("pk", flat=True).first() if _is_grouped(wanted) else None
    now = timezone.now()
    if growing:
        Notification.objects.filter(pk=growing).update(latest_at=now)
    else:
        for each in wanted:
            each.created_at = each.latest_at = now
        save_all(wanted)
    if by is not None:
        for pk in [growing] if growing else [each.pk for each in wanted]:
            actor = NotificationActor(notification_id=pk, actor_id=by, created_at=now)
            insert_unless_exists(actor, "notification", "actor")


def _wanted(new: Sequence[Notification], by: int | None) -> list[Notification]:
    """Return those of the notifications that their members are to get."""
    disabled = DisabledKind.objects.filter(member=OuterRef("pk"), kind=new[0].kind)
    members = Member.objects.filter(~Exists(disabled), pk__in={each.member_id for each in new})
    if by is not None:
        members = members.filter(_is_trusted(by), ~Exists(repeated(new[0], by))).exclude(pk=by)
    ids = set(members.values_list("pk", flat=True))
    return [each for each in new if each.member_id in ids]


def _is_trusted(actor: int) -> Q:
    """Return the condition that an actor may notify a member."""
    old = Member.objects.filter(pk=actor, created_at__lte=timezone.now() - TRUSTED_AFTER)
    return Q(Exists(old)) | Q(Exists(Follow.objects.filter(follower=OuterRef("pk"), followed=actor)))


def repeated(new: Notification, actor: int) -> QuerySet[NotificationActor]:
    """Return what the member of an outer query has of the actor about the same; of a text, of any kind."""
    kinds = TEXTS if new.kind in TEXTS else (new.kind,)
    return NotificationActor.objects.filter(
        actor=actor,
        created_at__gt=timezone.now() - REPEATED_WITHIN,
        notification__member=OuterRef("pk"),
        notification__kind__in=kinds,
        notification__post=new.post_id,
        notification__comment=new.comment_id,
    )


def growing_like(new: Notification) -> QuerySet[Notification]:
    """Return the notification that the actor of this one joins, in place of a new one."""
    same = Notification.objects.filter(member=new.member_id, kind=new.kind, post=new.post_id)
    recent = same.filter(created_at__gt=timezone.now() - GROWS_FOR).unseen_by(new.member_id)
    return recent.order_by("-created_at")


def _is_grouped(new: Sequence[Notification]) -> bool:
    return bool(new) and new[0].kind in GROUPED
