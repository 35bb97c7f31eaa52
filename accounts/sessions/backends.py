"""The authentication backend of the admin, with the counters and rate limits of the API."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from accounts.email_addresses import normalise_email
from accounts.errors import CredentialsWrong, PasswordResetRequired, TooManyGuesses
from accounts.models import Member, SecurityEvent
from accounts.sessions import login
from accounts.sessions.devices import COOKIE, known_device, make_device_secret
from libs.api.errors import ServiceUnavailable
from libs.throttling.client_address import client_address, coarse_network_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_address_limit


class RateLimitedBackend(ModelBackend):
    """Django's permissions, with our login rule."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Member | None:
        """Return the active member with these credentials; raise PermissionDenied at a limit.

        Shares the rate limit of the API's login, so that the admin is no way around it. A browser that the member has
        logged in from has only the limit of its own guesses: nobody in its network can lock the member out.
        """
        # The form of the admin has all three, and nothing else logs in here.
        if request is None or not username or not password:
            return None
        address, secret = client_address(request), request.COOKIES.get(COOKIE, "")
        try:
            if known_device(secret, normalise_email(username)) is None:
                enforce_address_limit("sign-in-address", request)
            member, device = login.authenticate(username, password, address=address, device_secret=secret)
        except CredentialsWrong:
            return None
        except (TooManyGuesses, PasswordResetRequired, TooManyRequests, ServiceUnavailable) as refusal:
            # The form of the admin shows it.
            request.login_refusal = refusal  # type: ignore[attr-defined]
            raise PermissionDenied from None
        if not member.is_active:
            return None
        if device is None and member.is_staff:
            _notify_of_new_browser(member, coarse_network_of(address))
        # config.middleware stores it in the browser.
        request.device_secret = make_device_secret(member, device)  # type: ignore[attr-defined]
        return member

    def _get_user_permissions(self, user_obj: Any) -> Any:
        """Return none: all permissions come from groups, which one look at a member shows, and cost no statement."""
        return Permission.objects.none()


@transaction.atomic
def _notify_of_new_browser(member: Member, network: str) -> None:
    SecurityEvent.objects.record_and_notify(member, SecurityEvent.STAFF_LOGIN, network=network)
