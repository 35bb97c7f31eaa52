"""BannedAddress: an e-mail address that cannot sign up for a while, after a member has given it up."""

from datetime import datetime

from django.db import models
from django.utils import timezone

from accounts.email_addresses import normalise_email
from moderation.pseudonyms import address_digests


class BannedAddressQuerySet(models.QuerySet["BannedAddress"]):
    """Addresses, found by their digests only."""

    def ban(self, email: str, until: datetime) -> None:
        """Ban an address until the given time."""
        self.update_or_create(digest=address_digests(normalise_email(email))[0], defaults={"until": until})

    def is_banned(self, email: str) -> bool:
        """Whether the address is banned at this moment."""
        return self.filter(digest__in=address_digests(normalise_email(email)), until__gt=timezone.now()).exists()


class BannedAddress(models.Model):
    """A digest under the server's key, so that the table contains no address, and the time when the ban ends."""

    digest = models.CharField(max_length=64, unique=True)
    until = models.DateTimeField(db_index=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = BannedAddressQuerySet.as_manager()

    def __str__(self) -> str:
        return f"an address until {self.until:%Y-%m-%d}"
