"""Which phones still have the app, as far as their logins tell."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from accounts.models import LoginSession
from android.authentication import DOOR


@dataclass(frozen=True)
class Phones:
    """Logins of the app. A login counts as used when it begins and when it renews, which the app does once a day."""

    live: int
    members: int
    last_used: datetime | None
    newest: datetime | None
    oldest: datetime | None
    by_day: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """For machines: times in ISO 8601, None where there is no login."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }


def count_phones() -> Phones:
    """The live logins of this door; `last_used` looks at ended ones too, as long as they are kept."""
    logins = LoginSession.objects.filter(door=DOOR)
    live = logins.live()
    days = live.order_by("-used_at__date").values_list("used_at__date").annotate(Count("pk"))
    counted = live.aggregate(
        live=Count("pk"), members=Count("member", distinct=True), newest=Max("created_at"), oldest=Min("created_at")
    )
    last = logins.aggregate(last_used=Max("used_at"))
    return Phones(**counted, **last, by_day={day.isoformat(): count for day, count in days})
