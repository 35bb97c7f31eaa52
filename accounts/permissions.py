"""The permission that requires the current terms.

REST framework imports this module while it is being imported, so it imports no views and no models.
"""

from typing import Any

from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.errors import TermsNotAccepted


class TermsAccepted(BasePermission):
    """Requires the current terms for writing.

    An access token names the terms that the member had accepted when it was issued, so that a write costs a query only
    until a member who has accepted new terms gets the next token.
    """

    def errors(self, method: str) -> list[type[APIException]]:
        """Return the errors of a request of this method, for OpenAPI."""
        return [] if method in SAFE_METHODS else [TermsNotAccepted]

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raise TermsNotAccepted for a write of a member who has not accepted the current terms."""
        if request.method in SAFE_METHODS or not request.user.is_authenticated:
            return True
        token: Any = request.auth or {}
        if token.get("terms") != settings.TERMS_VERSION and not request.user.has_accepted_terms():
            raise TermsNotAccepted
        return True
