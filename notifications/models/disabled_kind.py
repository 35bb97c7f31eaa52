"""DisabledKind: a kind of notification that a member does not want."""

from collections.abc import Mapping

from django.conf import settings
from django.db import models, transaction

from accounts.models import Member
from notifications.models.kinds import Kind


class DisabledKindQuerySet(models.QuerySet["DisabledKind"]):
    """Kinds are turned on and off here."""

    def settings_of(self, member: Member) -> dict[str, bool]:
        """Return for each kind whether the member wants it."""
        disabled = set(self.filter(member=member.pk).values_list("kind", flat=True))
        return {kind: kind not in disabled for kind in Kind.values}

    @transaction.atomic
    def change(self, member: Member, changes: Mapping[str, bool]) -> None:
        """Turn these kinds on or off; the others stay as they are."""
        self.filter(member=member.pk, kind__in=[kind for kind, is_on in changes.items() if is_on]).delete()
        disabled = [DisabledKind(member_id=member.pk, kind=kind) for kind, is_on in changes.items() if not is_on]
        self.bulk_create(disabled, ignore_conflicts=True)


class DisabledKind(models.Model):
    """One member wants no notifications of one kind from now on."""

    member = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)

    objects = DisabledKindQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["member", "kind"], name="disabled_kind_once")]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.kind}"
