"""What a signed-in member must have done before they write.

REST framework loads this while it is loading itself, so neither its views nor our models can be imported here.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.errors import TermsNotAccepted


class TermsAccepted(BasePermission):
    """Reading is free and costs nothing; a write costs one query, and only of who is signed in."""

    def errors(self, method: str) -> list[type[APIException]]:
        """What a request of this method may be refused for."""
        return [] if method in SAFE_METHODS else [TermsNotAccepted]

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raise TermsNotAccepted for a write of a member who accepted other terms than the present ones."""
        if request.user.is_authenticated and request.method not in SAFE_METHODS:
            members = apps.get_model("accounts", "Member").objects
            accepted = members.filter(pk=request.user.pk, terms_version=settings.TERMS_VERSION)
            if not accepted.exists():
                raise TermsNotAccepted
        return True
