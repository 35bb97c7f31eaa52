"""Counts of the jobs in the outbox."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from libs.outbox.models import Job, lease_is_free
from libs.outbox.registry import known_kinds, lane_of


@dataclass
class OutboxStats:
    """Numbers of jobs at one moment."""

    depth: int = 0
    """Neither done nor dead, including jobs for later, running jobs, and jobs of unknown kinds."""
    due: int = 0
    """Those that a worker of this release could take now."""
    oldest_seconds: float = 0.0
    """How long the oldest due job has been due: how far the workers are behind."""
    dead: int = 0
    """Those that failed for good and are kept for operators."""
    unknown: dict[str, int] = field(default_factory=dict)
    """Those of `depth` whose kind has no handler in this release, by kind. They wait for a release that has one."""
    kinds: dict[str, dict[str, int]] = field(default_factory=dict)
    """`depth`, `due` and `dead` of each kind that has any."""
    lanes: dict[str, dict[str, float]] = field(default_factory=dict)
    """`due` and `oldest_seconds` of each lane of this release."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, as `outbox status --json` prints them."""
        return asdict(self)

    def add(self, kind: str, *, depth: int = 0, due: int = 0, dead: int = 0) -> None:
        """Count jobs of a kind, in its row and in all."""
        self.depth += depth
        self.due += due
        self.dead += dead
        row = self.kinds.setdefault(kind, {"depth": 0, "due": 0, "dead": 0})
        row["depth"] += depth
        row["due"] += due
        row["dead"] += dead

    def add_lateness(self, kind: str, due: int, seconds: float) -> None:
        """Count due jobs of a kind in its lane, of which the oldest has been due for so long."""
        lane = self.lanes[lane_of(kind)]
        lane["due"] += due
        lane["oldest_seconds"] = max(lane["oldest_seconds"], seconds)
        self.oldest_seconds = max(self.oldest_seconds, seconds)


def collect_stats() -> OutboxStats:
    """Count the jobs by two statements, each on a partial index without the done jobs."""
    now, known = timezone.now(), known_kinds()
    due = lease_is_free(now) & Q(run_at__lte=now, kind__in=known)
    waiting = Job.objects.waiting().values("kind").order_by("kind")
    stats = OutboxStats(lanes={lane_of(kind): {"due": 0, "oldest_seconds": 0.0} for kind in known})
    for row in waiting.annotate(depth=Count("pk"), due=Count("pk", filter=due), oldest=Min("run_at", filter=due)):
        stats.add(row["kind"], depth=row["depth"], due=row["due"])
        if row["kind"] not in known:
            stats.unknown[row["kind"]] = row["depth"]
        if row["oldest"]:
            stats.add_lateness(row["kind"], row["due"], (now - row["oldest"]).total_seconds())
    for kind, dead in Job.objects.failed_for_good().values_list("kind").order_by("kind").annotate(dead=Count("pk")):
        stats.add(kind, dead=dead)
    return stats
