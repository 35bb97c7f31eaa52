"""/withdraw/: web pages on which members withdraw without the app and the password, as the app stores require."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.code_pages import CodePageView
from accounts.code_requests import count_wrong_codes, network_of_request, request_code
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from accounts.models import VerificationCode
from accounts.withdrawal import withdraw
from accounts.withdrawal.forms import AddressForm, CodeForm

FOLDER = "accounts/withdrawal"


class RequestCodeView(CodePageView):
    """Ask for the e-mail address; the response does not tell whether it has an account."""

    form_class = AddressForm
    folder = FOLDER
    template_name = f"{FOLDER}/request_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number of days in which a withdrawal can be cancelled."""
        return super().get_context_data(**kwargs) | {"days": settings.WITHDRAWAL_GRACE_DAYS}

    def form_valid(self, form: Any) -> HttpResponse:
        """Request a code by e-mail, and show the form for it."""
        email = form.cleaned_data["email"]
        request_code(self.request, email, VerificationCode.WITHDRAW_PAGE)
        return render(self.request, f"{FOLDER}/confirm_code.html", {"form": CodeForm(initial={"email": email})})


class ConfirmCodeView(CodePageView):
    """Ask for the code from the e-mail, and withdraw."""

    form_class = CodeForm
    folder = FOLDER
    template_name = f"{FOLDER}/confirm_code.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the first page."""
        return redirect("withdraw")

    def form_valid(self, form: Any) -> HttpResponse:
        """Withdraw, or say what is wrong with the code."""
        network = network_of_request(self.request)
        try:
            with count_wrong_codes(self.request):
                withdraw.withdraw_by_email(form.cleaned_data["email"], form.cleaned_data["code"], network=network)
        except (CodeIncorrect, CodeExpired, CodeUsedUp) as error:
            form.add_error("code", str(error.detail))
            return self.form_invalid(form)
        return render(self.request, f"{FOLDER}/withdrawn.html", {"days": settings.WITHDRAWAL_GRACE_DAYS})
