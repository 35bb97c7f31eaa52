"""/reset-password/: web pages on which members set a new password; e-mails about their account's security name them.

The released phone app can neither change nor reset a password.
"""

from typing import Any

from django.forms import EmailInput
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.exceptions import ValidationError

from accounts.code_pages import CodePageView
from accounts.code_requests import count_wrong_codes, request_code
from accounts.credentials import passwords
from accounts.credentials.forms import NewPasswordForm
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from accounts.models import VerificationCode
from accounts.withdrawal.forms import AddressForm
from libs.api.errors import ServiceUnavailable
from libs.throttling.client_address import client_address

FOLDER = "accounts/password_reset"


class RequestResetCodeView(CodePageView):
    """Ask for the e-mail address; the response does not tell whether it has an account."""

    form_class = AddressForm
    folder = FOLDER
    template_name = f"{FOLDER}/request_code.html"

    def form_valid(self, form: Any) -> HttpResponse:
        """Request a code by e-mail, and show the form for it."""
        email = form.cleaned_data["email"]
        request_code(self.request, email, VerificationCode.RESET)
        return render(self.request, f"{FOLDER}/confirm_code.html", {"form": NewPasswordForm(initial={"email": email})})


class ResetPasswordView(CodePageView):
    """Ask for the code from the e-mail and the new password, and set it."""

    form_class = NewPasswordForm
    folder = FOLDER
    template_name = f"{FOLDER}/confirm_code.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form for a code that has arrived, with the address to fill in."""
        form = NewPasswordForm()
        form.fields["email"].widget = EmailInput(attrs={"autocomplete": "email"})
        return self.render_to_response(self.get_context_data(form=form))

    def form_valid(self, form: Any) -> HttpResponse:
        """Reset the password, or say what is wrong with the code or the password."""
        data, address = form.cleaned_data, client_address(self.request)
        try:
            with count_wrong_codes(self.request):
                passwords.reset_password(data["email"], data["code"], data["password"], address=address)
        except (CodeIncorrect, CodeExpired, CodeUsedUp) as error:
            form.add_error("code", str(error.detail))
            return self.form_invalid(form)
        except ValidationError as error:
            form.add_error("password", [str(fault) for fault in error.detail["password"]])  # type: ignore[call-overload]
            return self.form_invalid(form)
        except ServiceUnavailable as error:
            # As many passwords are being hashed as may be.
            form.add_error(None, str(error.detail))
            return self.form_invalid(form)
        return render(self.request, f"{FOLDER}/done.html")
