"""The form with which staff log in to the admin."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import ValidationError


class StaffLoginForm(AdminAuthenticationForm):
    """Django's form, which says when a login was refused because of too many attempts, and how to go on."""

    def get_invalid_login_error(self) -> ValidationError:
        """Return the reason of the refusal if the password was not even checked, as the API does."""
        refusal: Any = getattr(self.request, "login_refusal", None)
        return (
            ValidationError(str(refusal.detail), refusal.default_code) if refusal else super().get_invalid_login_error()
        )
