"""What the responses of FCM mean for a message and its address."""

from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import requests
from django.utils import timezone

from libs.outbox.errors import RetryLater
from notifications.push.errors import AddressUnknown, PushRefused

# FCM wants ten seconds or more before another try, and for a minute when too many messages came.
AGAIN_AFTER = timedelta(seconds=10)
TOO_MANY_AGAIN_AFTER = timedelta(seconds=60)
# A message is older than its TTL then, whatever FCM requests.
AGAIN_AFTER_MAX = timedelta(days=1)
# The error of a token that no app has any more, or never had; other requests with wrong arguments are our fault.
INVALID_TOKEN = "registration token is not a valid"


class AccessTokenRefused(RetryLater):
    """FCM does not accept our access token, which was revoked or has expired: the next try gets a new one."""


class FcmError(NamedTuple):
    """The error in a response: `code` is one of FCM's own, or empty."""

    code: str
    message: str


def raise_for_error(response: requests.Response) -> None:
    """Raise nothing if FCM has accepted the message; else AddressUnknown, PushRefused or RetryLater."""
    status = response.status_code
    if 200 <= status < 300:
        return
    error = _error_of(response)
    reason = f"FCM responds {status} {error.code or 'without a code'}: {error.message[:120]}"
    if (status, error.code) == (404, "UNREGISTERED") or (status == 400 and INVALID_TOKEN in error.message.lower()):
        raise AddressUnknown(reason)
    if status == 429 or status >= 500:
        raise RetryLater(reason, _delay(response))
    if status == 401 and error.code != "THIRD_PARTY_AUTH_ERROR":
        raise AccessTokenRefused(reason, AGAIN_AFTER)
    # Of another sender, of a project that is not there, or with wrong arguments. To take it for the fault of the
    # address would delete everybody's when our key is wrong.
    raise PushRefused(reason)


def _error_of(response: requests.Response) -> FcmError:
    """Return the error in the response, which may come from anything in between, too."""
    try:
        error: Any = response.json()["error"]
        details = [each["errorCode"] for each in error.get("details", ()) if "errorCode" in each]
        return FcmError(str(details[0]) if details else "", str(error.get("message", "")))
    # Also for what is no JSON.
    except (ValueError, LookupError, TypeError, AttributeError):
        return FcmError("", "")


def _delay(response: requests.Response) -> timedelta:
    """Return after what time FCM accepts the message again."""
    least = TOO_MANY_AGAIN_AFTER if response.status_code == 429 else AGAIN_AFTER
    requested = _retry_after(response.headers.get("Retry-After", ""))
    return least if requested is None else min(max(requested, AGAIN_AFTER), AGAIN_AFTER_MAX)


def _retry_after(text: str) -> timedelta | None:
    """Parse the header: seconds or a date (RFC 9110, 10.2.3)."""
    if text.isascii() and text.isdecimal():
        return timedelta(seconds=min(int(text[:12]), AGAIN_AFTER_MAX.total_seconds()))
    try:
        return parsedate_to_datetime(text) - timezone.now()
    # TypeError for a date without a time zone.
    except (ValueError, TypeError):
        return None
