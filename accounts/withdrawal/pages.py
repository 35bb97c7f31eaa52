"""/withdraw/: web pages on which members withdraw without the app and the password, as the app stores require."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from accounts.models import VerificationCode
from accounts.withdrawal import withdraw
from accounts.withdrawal.forms import AddressForm, CodeForm
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_address_limit, enforce_rate_limit

FOLDER = "accounts/withdrawal"


@method_decorator(never_cache, name="dispatch")
class WithdrawalView(FormView):  # type: ignore[type-arg]
    """A page with one form; its rate limits are those of the API's codes and counted together with them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond with the page, or with one that says how long to wait."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except TooManyRequests as error:
            wait = max(1, int(error.wait or 1))
            page = render(request, f"{FOLDER}/too_many_requests.html", {"minutes": -(-wait // 60)}, status=429)
            page.headers["Retry-After"] = str(wait)
            return page

    def enforce_address_limit(self, scope: str) -> None:
        """Count the request by the network of its client. Raises TooManyRequests."""
        enforce_address_limit(scope, self.request)


class RequestCodeView(WithdrawalView):
    """Ask for the e-mail address; the response does not tell whether it has an account."""

    form_class = AddressForm
    template_name = f"{FOLDER}/request_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the number of days in which a withdrawal can be cancelled."""
        return super().get_context_data(**kwargs) | {"days": settings.WITHDRAWAL_GRACE_DAYS}

    def form_valid(self, form: Any) -> HttpResponse:
        """Request a code by e-mail, and show the form for it."""
        email = form.cleaned_data["email"]
        self.enforce_address_limit("code-address")
        enforce_rate_limit("code-email", email)
        VerificationCode.objects.request_code(email, VerificationCode.WITHDRAW_PAGE, get_language() or "en")
        return render(self.request, f"{FOLDER}/confirm_code.html", {"form": CodeForm(initial={"email": email})})


class ConfirmCodeView(WithdrawalView):
    """Ask for the code from the e-mail, and withdraw."""

    form_class = CodeForm
    template_name = f"{FOLDER}/confirm_code.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the first page."""
        return redirect("withdraw")

    def form_valid(self, form: Any) -> HttpResponse:
        """Withdraw, or say what is wrong with the code."""
        self.enforce_address_limit("confirm-address")
        try:
            withdraw.withdraw_by_email(form.cleaned_data["email"], form.cleaned_data["code"])
        except (CodeIncorrect, CodeExpired, CodeUsedUp) as error:
            form.add_error("code", str(error.detail))
            return self.form_invalid(form)
        return render(self.request, f"{FOLDER}/withdrawn.html", {"days": settings.WITHDRAWAL_GRACE_DAYS})
