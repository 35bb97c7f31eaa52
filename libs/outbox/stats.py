"""How full the outbox is."""

from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import Count, Min, Q
from django.utils import timezone

from libs.outbox.models import Job, free
from libs.outbox.registry import kinds


@dataclass
class Census:
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


def take_census() -> Census:
    """Count; two statements, each on a partial index that leaves the done jobs out."""
    now = timezone.now()
    known = kinds()
    due = free(now) & Q(run_at__lte=now, kind__in=known)
    waiting = Job.objects.waiting().values("kind").order_by("kind")
    census = Census()
    for row in waiting.annotate(depth=Count("pk"), due=Count("pk", filter=due), oldest=Min("run_at", filter=due)):
        _add(census, row["kind"], depth=row["depth"], due=row["due"])
        if row["kind"] not in known:
            census.unknown[row["kind"]] = row["depth"]
        age = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
        census.oldest_seconds = max(census.oldest_seconds, age)
    for kind, dead in Job.objects.dead().values_list("kind").order_by("kind").annotate(dead=Count("pk")):
        _add(census, kind, dead=dead)
    return census


def _add(census: Census, kind: str, *, depth: int = 0, due: int = 0, dead: int = 0) -> None:
    census.depth += depth
    census.due += due
    census.dead += dead
    row = census.kinds.setdefault(kind, {"depth": 0, "due": 0, "dead": 0})
    for name, number in (("depth", depth), ("due", due), ("dead", dead)):
        row[name] += number
