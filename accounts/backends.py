"""How the admin signs in: by the same counted guesses as the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from accounts.errors import CredentialsWrong, TooManyGuesses
from accounts.models import Member
from accounts.signin import prove
from throttling.addresses import client_address


class CountedGuesses(ModelBackend):
    """Django's backend for permissions, ours for the password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Member | None:
        """The standing member whom the credentials open; PermissionDenied when guesses have to wait."""
        if not username or not password:
            return None
        address = client_address(request) if request is not None else "::1"
        try:
            member = prove(username, password, address=address)
        except CredentialsWrong:
            return None
        except TooManyGuesses:
            raise PermissionDenied from None
        return member if member.is_active else None
