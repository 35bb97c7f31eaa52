"""Pages of the admin on which staff set up and show their second factor, after the password."""

from typing import Any

import django_otp
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.generic import FormView

from accounts.staff import second_factor
from accounts.staff.second_factor_forms import SecondFactorForm
from libs.throttling.errors import TooManyRequests
from libs.throttling.throttles import enforce_rate_limit, member_key

# Where a session keeps the id of the device that it sets up.
DEVICE_KEY = "second_factor_device"


@method_decorator([never_cache, csrf_protect], name="dispatch")
class SecondFactorView(FormView):  # type: ignore[type-arg]
    """Asks for a code of the authenticator app, or for a recovery code."""

    form_class = SecondFactorForm
    template_name = "admin/second_factor.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send those who have not given their password, or have shown the second factor, where they belong."""
        user: Any = request.user
        if not (user.is_active and user.is_staff):
            return redirect("admin:login")
        if second_factor.is_satisfied(request):
            return redirect(self.next_page())
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, or go on to the set-up."""
        if not second_factor.has_second_factor(self.member()):
            return redirect("admin:set_up_second_factor")
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what every page of the admin shows."""
        context = {"title": _("Confirm that it is you"), "next": self.next_page()}
        return super().get_context_data(**kwargs) | admin.site.each_context(self.request) | context

    def form_valid(self, form: Any) -> HttpResponse:
        """Check the code."""
        try:
            enforce_rate_limit("second-factor-member", member_key(self.member().pk), self.request)
        except TooManyRequests as error:
            form.add_error("code", str(error.detail))
            return self.form_invalid(form)
        return self.check_code(form)

    def check_code(self, form: Any) -> HttpResponse:
        """Go on to the page that was asked for if the code is right."""
        device = second_factor.verify(self.member(), form.cleaned_data["code"])
        if device is None:
            return self.refuse(form)
        self.remember(device)
        return redirect(self.next_page())

    def refuse(self, form: Any) -> HttpResponse:
        """Say that the code is wrong."""
        form.add_error("code", _("The code is wrong, was used before, or came too soon after a wrong one. Try again."))
        return self.form_invalid(form)

    def remember(self, device: Any) -> None:
        """Note in the session that the second factor was shown, under a new session key."""
        self.request.session.cycle_key()
        django_otp.login(self.request, device)

    def member(self) -> Any:
        """The member who has given the password."""
        return self.request.user

    def next_page(self) -> str:
        """The page that was asked for, if it is one of this server."""
        asked = self.request.POST.get("next") or self.request.GET.get("next") or ""
        if url_has_allowed_host_and_scheme(asked, {self.request.get_host()}, require_https=self.request.is_secure()):
            return asked
        return reverse("admin:index")


class SecondFactorSetupView(SecondFactorView):
    """Shows the QR code for the authenticator app, and after its first code the recovery codes, once."""

    template_name = "admin/second_factor_setup.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the QR code, unless a second factor is set up: that one must be shown."""
        if second_factor.has_second_factor(self.member()):
            return redirect("admin:second_factor")
        return self.render_to_response(self.get_context_data())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check the code, unless a second factor is set up."""
        if second_factor.has_second_factor(self.member()):
            return redirect("admin:second_factor")
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the key."""
        device = second_factor.begin_setup(self.member(), self.request.session.get(DEVICE_KEY))
        self.request.session[DEVICE_KEY] = device.pk
        key = {"qr_code": second_factor.setup_qr_code(device), "key": second_factor.setup_key(device)}
        return super().get_context_data(**kwargs) | key | {"title": _("Set up your second factor")}

    def check_code(self, form: Any) -> HttpResponse:
        """Finish the set-up if the code is right."""
        confirmed = second_factor.confirm_setup(
            self.member(), form.cleaned_data["code"], self.request.session.get(DEVICE_KEY)
        )
        if confirmed is None:
            return self.refuse(form)
        device, codes = confirmed
        self.remember(device)
        context = admin.site.each_context(self.request) | {"codes": codes, "title": _("Your recovery codes")}
        return TemplateResponse(self.request, "admin/recovery_codes.html", context)
