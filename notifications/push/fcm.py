"""The client of FCM, Firebase Cloud Messaging (HTTP v1): one request a try, which the outbox repeats.

https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
"""

import json
from base64 import b64decode
from functools import lru_cache, partial
from threading import Lock
from typing import Any

import requests
from django.conf import settings
from google.auth.exceptions import GoogleAuthError
from google.auth.transport.requests import Request
from google.oauth2.service_account import Credentials

from libs.outbox.errors import RetryLater
from notifications.push.responses import AGAIN_AFTER, AccessTokenRefused, raise_for_error

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
# Longest wait for a connection, and for each part of a response. Seconds.
TIMEOUT = (3, 10)


def send(message: dict[str, Any]) -> None:
    """Send a message. Raises AddressUnknown, PushRefused, or RetryLater when another try may succeed."""
    _client(settings.FCM_CREDENTIALS, settings.FCM_URL).send(message)


@lru_cache(maxsize=1)
def _client(credentials: str, url: str) -> "Client":
    return Client(json.loads(b64decode(credentials)), url)


class Client:
    """Sends messages of one Firebase project, in any number of threads."""

    def __init__(self, key: dict[str, Any], url: str) -> None:
        self._url = f"{url}/v1/projects/{key['project_id']}/messages:send"
        self._credentials = Credentials.from_service_account_info(key, scopes=[SCOPE])  # type: ignore[no-untyped-call]
        self._session = requests.Session()
        self._lock = Lock()

    def send(self, message: dict[str, Any]) -> None:
        """Send a message by one request, and raise what its response means."""
        headers = {"Authorization": f"Bearer {self._access_token()}"}
        try:
            response = self._session.post(
                self._url, json={"message": message}, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.Timeout:
            raise RetryLater("FCM does not respond in time.", AGAIN_AFTER) from None
        except requests.RequestException:
            raise RetryLater("FCM cannot be reached, or has ended the connection.", AGAIN_AFTER) from None
        try:
            raise_for_error(response)
        except AccessTokenRefused:
            self._forget_access_token()
            raise

    def _access_token(self) -> str:
        """Return a token of the service account, which is valid for an hour."""
        with self._lock:
            if not self._credentials.valid:
                try:
                    self._credentials.refresh(partial(Request(self._session), timeout=TIMEOUT))
                except GoogleAuthError:
                    reason = "Google gives no access token. Is FCM_CREDENTIALS still valid?"
                    raise RetryLater(reason, AGAIN_AFTER) from None
            return str(self._credentials.token)

    def _forget_access_token(self) -> None:
        with self._lock:
            self._credentials.token = None
