"""What stands for a person who was erased: equal for the same one, and telling nothing without the server's key."""

from django.conf import settings
from django.utils.crypto import salted_hmac


def pseudonym(member_id: int) -> str:
    """The name of an erased member in what is kept of reports."""
    return salted_hmac("moderation.pseudonym", str(member_id), algorithm="sha256").hexdigest()


def address_digests(email: str) -> list[str]:
    """What a normalised e-mail address is kept as: by the present key first, then by those that still verify."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [salted_hmac("moderation.address", email, secret=key, algorithm="sha256").hexdigest() for key in keys]
