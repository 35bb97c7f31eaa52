"""What follows a password that Django sets: by `changepassword`, or by `set_password` in a shell."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import SecurityEvent


class PasswordChangeListener:
    """No rule for passwords, but one of AUTH_PASSWORD_VALIDATORS: Django tells those of each changed password."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept every password."""

    def get_help_text(self) -> str:
        """Return the hint of the admin's form."""
        return _("With a new password, all other login sessions end.")

    @transaction.atomic
    def password_changed(self, password: str, user: Any = None) -> None:
        """End all login sessions of the member and send an e-mail, as `passwords.change_password` does by itself."""
        user.sessions.end(SecurityEvent.PASSWORD_CHANGED)
        SecurityEvent.objects.record_and_notify(user, SecurityEvent.PASSWORD_CHANGED)
