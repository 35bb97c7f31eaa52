"""What a signed-in member must have done before they write.

REST framework loads this while it is loading itself, so neither its views nor our models can be imported here.
"""

from typing import Any

from django.apps import apps
from django.conf import settings
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.errors import TermsNotAccepted


def needs_terms(method: str, view: object) -> bool:
    """Whether this is a write that waits for the present terms.

    A view names in `before_terms` the actions that do not: what protects people, and the ways out.
    """
    action = getattr(view, "action", None)
    return method not in SAFE_METHODS and action is not None and action not in getattr(view, "before_terms", ())


class TermsAccepted(BasePermission):
    """Reading is free and costs nothing; a write costs one query, and only of who is signed in."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Raise TermsNotAccepted for a write of a member who accepted other terms than the present ones."""
        if request.user.is_authenticated and needs_terms(str(request.method), view):
            members = apps.get_model("accounts", "Member").objects
            accepted = members.filter(pk=request.user.pk, terms_version=settings.TERMS_VERSION)
            if not accepted.exists():
                raise TermsNotAccepted
        return True
