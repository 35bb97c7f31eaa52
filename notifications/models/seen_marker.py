"""SeenMarker: up to when a member has seen their notifications."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Subquery
from django.db.models.functions import Coalesce

from accounts.models import Member
from libs.compiled_inserts import insert_unless_exists


class SeenMarkerQuerySet(models.QuerySet["SeenMarker"]):
    """Markers move here."""

    def move(self, member: Member, seen_until: datetime) -> bool:
        """Mark as seen what is not newer than this; False if it is marked already, as a marker never moves back."""
        if insert_unless_exists(SeenMarker(member_id=member.pk, seen_until=seen_until), "member"):
            return True
        return bool(self.filter(member=member.pk, seen_until__lt=seen_until).update(seen_until=seen_until))


class SeenMarker(models.Model):
    """One time for each member, in place of a flag in each of their notifications."""

    member = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+")
    seen_until = models.DateTimeField()

    objects = SeenMarkerQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.member_id}: {self.seen_until}"


def seen_until(member_id: Any) -> Coalesce:
    """Return up to when the member has seen their notifications, as an expression; without a marker, since they joined.

    `member_id` may be an OuterRef.
    """
    marker = SeenMarker.objects.filter(member=member_id).values("seen_until")
    return Coalesce(Subquery(marker), Subquery(Member.objects.filter(pk=member_id).values("created_at")))
