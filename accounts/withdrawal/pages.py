"""/withdraw/: leaving without the app and without the password, as the app stores ask for. Pages for people."""

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
from libs.throttling.client_address import client_address, network_of
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_rate_limit

FOLDER = "accounts/withdrawal"


@method_decorator(never_cache, name="dispatch")
class Page(FormView):  # type: ignore[type-arg]
    """One form; the same limits as for codes of the API, counted together with them."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The page, or the page that asks for patience."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except TooManyRequests as refused:
            wait = max(1, int(refused.wait or 1))
            page = render(request, f"{FOLDER}/too_many_requests.html", {"minutes": -(-wait // 60)}, status=429)
            page.headers["Retry-After"] = str(wait)
            return page

    def count(self, scope: str) -> None:
        """Count this address. Raises TooManyRequests."""
        enforce_rate_limit(scope, f"address:{network_of(client_address(self.request))}")


class AskPage(Page):
    """Which account: the answer is the same whether or not there is one."""

    form_class = AddressForm
    template_name = f"{FOLDER}/request_code.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With how long it can be undone."""
        return super().get_context_data(**kwargs) | {"days": settings.WITHDRAWAL_GRACE_DAYS}

    def form_valid(self, form: Any) -> HttpResponse:
        """Have a code mailed, and show where to type it."""
        email = form.cleaned_data["email"]
        self.count("code-address")
        enforce_rate_limit("code-email", email)
        VerificationCode.objects.ask(email, VerificationCode.WITHDRAW_PAGE, get_language() or "en")
        return render(self.request, f"{FOLDER}/confirm_code.html", {"form": CodeForm(initial={"email": email})})


class ConfirmPage(Page):
    """Whether it is meant: the code from the letter says so."""

    form_class = CodeForm
    template_name = f"{FOLDER}/confirm_code.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Nobody begins here."""
        return redirect("withdraw")

    def form_valid(self, form: Any) -> HttpResponse:
        """Leave, or say what is wrong with the code."""
        self.count("confirm-address")
        try:
            withdraw.leave_by_mail(form.cleaned_data["email"], form.cleaned_data["code"])
        except (CodeIncorrect, CodeExpired, CodeUsedUp) as refused:
            form.add_error("code", str(refused.detail))
            return self.form_invalid(form)
        return render(self.request, f"{FOLDER}/withdrawn.html", {"days": settings.WITHDRAWAL_GRACE_DAYS})
