"""The viewset of what members do with their own account."""

from django.shortcuts import get_object_or_404

from accounts.models import Member
from libs.api.viewsets import StrictViewSet


class OwnAccountViewSet(StrictViewSet):
    """A viewset about the logged-in member, whose row its actions need."""

    def me(self) -> Member:
        """Return the member, loaded; 404 if they were erased meanwhile."""
        return get_object_or_404(Member, pk=self.member.pk)
