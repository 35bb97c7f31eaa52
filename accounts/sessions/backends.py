"""How the admin signs in: by the same counted guesses as the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.errors import CredentialsWrong, TooManyGuesses
from accounts.models import Member
from accounts.sessions import login
from libs.throttling.client_address import client_address, network_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_rate_limit


class CountedGuesses(ModelBackend):
    """Django's backend for permissions, ours for the password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Member | None:
        """The standing member whom the credentials open; PermissionDenied when guesses or the address have to wait.

        The address is counted together with the API's audience, or this one would open the way around it.
        """
        if not username or not password:
            return None
        address = client_address(request) if request is not None else "::1"
        try:
            enforce_rate_limit("sign-in-address", f"address:{network_of(address)}", request)
            member = login.authenticate(username, password, address=address)
        except CredentialsWrong:
            return None
        except (TooManyGuesses, TooManyRequests):
            raise PermissionDenied from None
        return member if member.is_active else None
