"""Keyed digests for erased members: equal for the same member, and meaningless without the server's key."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def pseudonym(member_id: int) -> str:
    """The digest that takes the place of a member in reports and logs."""
    return salted_hmac("moderation.pseudonym", str(member_id), algorithm="sha256").hexdigest()


def address_digests(email: str) -> list[str]:
    """Digests of a normalised e-mail address: under the current SECRET_KEY first, then under the fallbacks."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("moderation.address", email, secret=key, algorithm="sha256").hexdigest() for key in keys]
