"""Record notifications, in the transaction of what happened: nothing is lost with it, and nothing is left without it.

Two transactions that record hearts of one post, or follows of one member, do not run at the same time: what happened
has locked the post or the member before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import Follow, Member
from libs.compiled_inserts import insert_unless_exists
from libs.compiled_queries import EXAMPLES, CompiledQuery
from libs.keyset.models import save_all
from notifications.models import DisabledKind, Notification, NotificationActor
from notifications.models.kinds import GROUPED, TEXTS, Kind
from notifications.push.scheduling import deliver_later

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
    growing = _find_growing(wanted[0]) if wanted and wanted[0].kind in GROUPED else None
    now = timezone.now()
    if growing:
        Notification.objects.filter(pk=growing).update(latest_at=now)
    else:
        for each in wanted:
            each.created_at = each.latest_at = now
        save_all(wanted)
        deliver_later(wanted)
    if by is not None:
        for pk in [growing] if growing else [each.pk for each in wanted]:
            actor = NotificationActor(notification_id=pk, actor_id=by, created_at=now)
            insert_unless_exists(actor, "notification", "actor")


def _wanted(new: Sequence[Notification], by: int | None) -> list[Notification]:
    """Return those of the notifications that their members are to get."""
    kind, members, now = str(new[0].kind), sorted({each.member_id for each in new}), timezone.now()
    if by is None:
        rows: list[Any] = list(_who_want(kind, members).values("pk"))
    else:
        since = {"repeated_since": now - REPEATED_WITHIN, "trusted_before": now - TRUSTED_AFTER}
        rows = compiled_recipients.rows(kind, members=members, actor=by, **since, **_target_of(new[0]))
    ids = {row["pk"] for row in rows}
    return [each for each in new if each.member_id in ids]


def _find_growing(new: Notification) -> int | None:
    """Return the id of the notification that the actor of this one joins, in place of a new one."""
    since = timezone.now() - GROWS_FOR
    rows = compiled_growing.rows(str(new.kind), member=new.member_id, since=since, **_target_of(new))
    return rows[0]["pk"] if rows else None


def _target_of(new: Notification) -> dict[str, int]:
    return {name: pk for name in ("post", "comment") if (pk := getattr(new, f"{name}_id")) is not None}


def _who_want(kind: str, members: list[int]) -> Any:
    disabled = DisabledKind.objects.filter(member=OuterRef("pk"), kind=kind)
    return Member.objects.filter(~Exists(disabled), pk__in=members)


def _recipients(
    kind: str, members: list[int], actor: int, repeated_since: datetime, trusted_before: datetime, **target: int
) -> Any:
    """Those of the members whom the actor notifies of something of this kind, about the target."""
    followers = Follow.objects.filter(follower=OuterRef("pk"), followed=actor)
    is_trusted = Q(Exists(Member.objects.filter(pk=actor, created_at__lte=trusted_before))) | Q(Exists(followers))
    repeated = NotificationActor.objects.filter(
        actor=actor,
        created_at__gt=repeated_since,
        notification__member=OuterRef("pk"),
        # Of a text there is one notification, of any kind.
        notification__kind__in=TEXTS if kind in TEXTS else (kind,),
        **{f"notification__{name}": pk for name, pk in target.items()},
    )
    return _who_want(kind, members).filter(is_trusted, ~Exists(repeated)).exclude(pk=actor).values("pk")


def _growing(kind: str, member: int, since: datetime, **target: int) -> Any:
    """The newest notification of the same kind and target that is younger than `since` and not seen."""
    same = Notification.objects.filter(member=member, kind=kind, created_at__gt=since, **target)
    return same.unseen_by(member).order_by("-created_at").values("pk")[:1]


# Compiled, since each heart needs both, while others wait for the lock of its post.
_EXAMPLE = {"members": [0], "actor": 0, "repeated_since": EXAMPLES[datetime], "trusted_before": EXAMPLES[datetime]}
compiled_recipients = CompiledQuery(_recipients, [((Kind.HEART.value,), _EXAMPLE | {"post": 0})])
compiled_growing = CompiledQuery(
    _growing, [((Kind.HEART.value,), {"member": 0, "since": EXAMPLES[datetime], "post": 0})]
)
