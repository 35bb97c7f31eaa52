"""The base of web pages that a code by e-mail protects: /withdraw/, /reset-password/ and /appeal/.

The first page asks for the e-mail address, the second for the code.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from accounts.code_forms import AddressForm, CodeForm
from accounts.code_requests import count_wrong_codes, request_code
from accounts.errors import CodeExpired, CodeIncorrect, CodeUsedUp
from libs.api.problems import TITLES
from libs.switches.errors import ReadOnly
from libs.switches.states import states
from libs.switches.switches import WRITES
from libs.throttling.errors import TooManyRequests


@method_decorator(never_cache, name="dispatch")
class CodePageView(FormView):  # type: ignore[type-arg]
    """A page with one form; its rate limits are those of the API's codes and counted together with them."""

    # The folder of the page's templates.
    folder = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Respond with the page, or with one that says how long to wait."""
        try:
            if request.method == "POST":
                states.refresh_if_due()
                WRITES.require()
            return super().dispatch(request, *args, **kwargs)
        except ReadOnly as error:
            page = render(request, "503.html", {"title": TITLES[503], "detail": error.detail}, status=503)
            page.headers["Retry-After"] = str(error.wait)
            return page
        except TooManyRequests as error:
            wait = max(1, int(error.wait or 1))
            page = self.render_page("too_many_requests", {"minutes": -(-wait // 60)}, status=429)
            page.headers["Retry-After"] = str(wait)
            return page

    def render_page(self, name: str, context: dict[str, Any] | None = None, status: int = 200) -> HttpResponse:
        """Return the response of a template in the folder."""
        return render(self.request, f"{self.folder}/{name}.html", context, status=status)


class RequestCodePageView(CodePageView):
    """Asks for the e-mail address; the response does not tell whether it has an account."""

    form_class: type[AddressForm] = AddressForm
    code_form_class: type[CodeForm] = CodeForm
    # One of the purposes of VerificationCode.
    purpose = ""

    def get_template_names(self) -> list[str]:
        """Return the template that asks for the address."""
        return [f"{self.folder}/request_code.html"]

    def form_valid(self, form: Any) -> HttpResponse:
        """Request a code by e-mail, and show the form for it."""
        email = form.cleaned_data["email"]
        ticket = request_code(self.request, email, self.purpose)
        code_form = self.code_form_class(initial=form.cleaned_data | {"ticket": ticket})
        return self.render_page("confirm_code", {"form": code_form})


class ConfirmCodePageView(CodePageView):
    """Asks for the code from the e-mail, and does what it is for."""

    form_class: type[CodeForm] = CodeForm

    def get_template_names(self) -> list[str]:
        """Return the template that asks for the code."""
        return [f"{self.folder}/confirm_code.html"]

    def use_code(self, data: dict[str, Any]) -> None:
        """Do what the code is for. Raises CodeIncorrect, CodeExpired or CodeUsedUp."""
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        """Use the code, or say what is wrong with it."""
        try:
            with count_wrong_codes(self.request):
                self.use_code(form.cleaned_data)
        except (CodeIncorrect, CodeExpired, CodeUsedUp) as error:
            form.add_error("code", str(error.detail))
            return self.form_invalid(form)
        return self.render_page("done", self.get_context_data())
