"""BannedAddress: an e-mail address that does not join anew for a while, after its member was erased."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from accounts.email_addresses import normalised
from moderation.pseudonyms import address_digests


class BannedAddressQuerySet(models.QuerySet["BannedAddress"]):
    """Addresses are found by their digest only."""

    def ban(self, email: str, until: datetime) -> None:
        """Keep the address out until the given time."""
        self.update_or_create(digest=address_digests(normalised(email))[0], defaults={"until": until})

    def is_banned(self, email: str) -> bool:
        """Whether the address is kept out at this moment."""
        return self.filter(digest__in=address_digests(normalised(email)), until__gt=timezone.now()).exists()


class BannedAddress(models.Model):
    """A digest under the server's key, so that the table names nobody, and a time at which it is forgotten."""

    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = BannedAddressQuerySet.as_manager()

    def __str__(self) -> str:
        return f"an address until {self.until:%Y-%m-%d}"
