"""The authentication backend of the admin, with the counters and rate limits of the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.errors import CredentialsWrong, TooManyGuesses
from accounts.models import Member
from accounts.sessions import login
from libs.api.errors import ServiceUnavailable
from libs.throttling.client_address import client_address
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_address_limit


class RateLimitedBackend(ModelBackend):
    """Django's permissions, with our login rule."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Member | None:
        """Return the active member with these credentials; raise PermissionDenied at a limit.

        Shares the rate limit of the API's login, so that the admin is no way around it.
        """
        if not username or not password:
            return None
        address = client_address(request) if request is not None else "::1"
        try:
            if request is not None:
                enforce_address_limit("sign-in-address", request)
            member = login.authenticate(username, password, address=address)
        except CredentialsWrong:
            return None
        except (TooManyGuesses, TooManyRequests, ServiceUnavailable):
            raise PermissionDenied from None
        return member if member.is_active else None
