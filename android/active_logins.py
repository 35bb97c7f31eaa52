"""Statistics of the login sessions of the app."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Min

from accounts.models import LoginSession
from android.authentication import ANDROID_AUDIENCE


@dataclass(frozen=True)
class ActiveLogins:
    """Login sessions of the app; one counts as used when it starts and when it is renewed, about once a day."""

    live: int
    members: int
    last_used: datetime | None
    newest: datetime | None
    oldest: datetime | None
    by_day: dict[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values: times in ISO 8601, None where there is no login."""
        return {
            name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(self).items()
        }


def count_active_logins() -> ActiveLogins:
    """Count the live login sessions of the app; `last_used` considers ended ones too, until the clean-up."""
    sessions = LoginSession.objects.filter(audience=ANDROID_AUDIENCE)
    live = sessions.live()
    days = live.order_by("-used_at__date").values_list("used_at__date").annotate(Count("pk"))
    counted = live.aggregate(
        live=Count("pk"), members=Count("member", distinct=True), newest=Max("created_at"), oldest=Min("created_at")
    )
    last = sessions.aggregate(last_used=Max("used_at"))
    return ActiveLogins(**counted, **last, by_day={day.isoformat(): count for day, count in days})
