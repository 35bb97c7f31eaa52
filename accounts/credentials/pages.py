"""/reset-password/: web pages on which members set a new password; e-mails about their account's security name them.

The released phone app can neither change nor reset a password.
"""

from typing import Any

from django.forms import EmailInput
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import ValidationError

from accounts.code_pages import ConfirmCodePageView, RequestCodePageView
from accounts.credentials import passwords
from accounts.credentials.forms import NewPasswordForm
from accounts.models import VerificationCode
from libs.throttling.client_address import client_address

FOLDER = "accounts/password_reset"


class PasswordResetPageView(RequestCodePageView):
    """Ask for the e-mail address."""

    folder = FOLDER
    code_form_class = NewPasswordForm
    purpose = VerificationCode.RESET


class PasswordResetConfirmPageView(ConfirmCodePageView):
    """Ask for the code from the e-mail and the new password, and set it."""

    folder = FOLDER
    form_class = NewPasswordForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form for a code that has arrived, with the address to fill in."""
        form = NewPasswordForm()
        form.fields["email"].widget = EmailInput(attrs={"autocomplete": "email"})
        return self.render_to_response(self.get_context_data(form=form))

    def use_code(self, data: dict[str, Any]) -> None:
        """Reset the password."""
        passwords.reset_password(**data, address=client_address(self.request))

    def form_valid(self, form: Any) -> HttpResponse:
        """Reset the password, or say what is wrong with the code or the password."""
        try:
            return super().form_valid(form)
        except ValidationError as error:
            form.add_error("password", [str(fault) for fault in error.detail["password"]])  # type: ignore[call-overload]
            return self.form_invalid(form)
