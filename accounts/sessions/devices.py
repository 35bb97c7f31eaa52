"""Device secrets: how a device shows that a member has logged in from it before.

Wrong passwords from such a device are counted by themselves, so that strangers cannot lock the member out there. The
network would tell everybody in it who logs in from it ("device cookies", OWASP). A secret opens nothing by itself.
"""

import secrets
from datetime import timedelta

from django.core import signing

from accounts.models import Member

# The name of the cookie that holds it in the admin.
COOKIE = "device_secret"
# A device that was not used for longer is a stranger again.
MAX_AGE = timedelta(days=400)
_SALT = "accounts.device_secret"


def make_device_secret(member: Member, device: str | None) -> str:
    """Return the secret for a device that the member has just logged in from; a known device stays the same one."""
    return signing.TimestampSigner(salt=_SALT).sign(f"{member.pk}.{device or secrets.token_hex(8)}")


def known_device(secret: str, email: str) -> str | None:
    """Return what the device is known by; None unless the secret was made for the member with this e-mail address."""
    try:
        signed = signing.TimestampSigner(salt=_SALT).unsign(secret, max_age=MAX_AGE)
    except signing.BadSignature:
        return None
    member_id, _, device = signed.partition(".")
    member = Member.objects.find_by_email(email)
    return device if member and str(member.pk) == member_id else None
