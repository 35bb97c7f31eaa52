"""How full the outbox is."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from libs.outbox.models import Job, lease_is_free
from libs.outbox.registry import known_kinds


@dataclass
class OutboxStats:
    """The jobs at one moment, numbers of them unless said otherwise."""

    depth: int = 0
    """Neither done nor dead; later ones, running ones and those of unknown kinds included."""
    due: int = 0
    """Those that a worker of this release could take now."""
    oldest_seconds: float = 0.0
    """How long the longest due one has been due: how far the workers are behind."""
    dead: int = 0
    """Given up, kept for people."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Those of `depth` whose kinds have no handler in this release, by kind. They wait for one that has."""
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    """depth, due and dead again, for each kind that has any."""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, as `outbox_status --json` prints them."""
        return asdict(self)


def collect_stats() -> OutboxStats:
    """Count; two statements, each on a partial index that leaves the done jobs out."""
    now = timezone.now()
    known = known_kinds()
    due = lease_is_free(now) & Q(run_at__lte=now, kind__in=known)
    waiting = Job.objects.waiting().values("kind").order_by("kind")
    stats = OutboxStats()
    for row in waiting.annotate(depth=Count("pk"), due=Count("pk", filter=due), oldest=Min("run_at", filter=due)):
        _add(stats, row["kind"], depth=row["depth"], due=row["due"])
        if row["kind"] not in known:
            stats.unknown[row["kind"]] = row["depth"]
        age = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
        stats.oldest_seconds = max(stats.oldest_seconds, age)
    for kind, dead in Job.objects.failed_for_good().values_list("kind").order_by("kind").annotate(dead=Count("pk")):
        _add(stats, kind, dead=dead)
    return stats


def _add(stats: OutboxStats, kind: str, *, depth: int = 0, due: int = 0, dead: int = 0) -> None:
    stats.depth += depth
    stats.due += due
    stats.dead += dead
    row = stats.kinds.setdefault(kind, {"depth": 0, "due": 0, "dead": 0})
    for name, number in (("depth", depth), ("due", due), ("dead", dead)):
        row[name] += number
