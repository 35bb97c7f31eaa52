"""The admin's page to change one's own password, by the API's rules."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from accounts.credentials.password_validation import LengthValidator
from accounts.credentials.passwords import change_password
from libs.throttling.throttles import enforce_rate_limit


class OwnPasswordChangeForm(AdminPasswordChangeForm):
    """Django's form; `change_password` checks the current password, and counts the guess."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Django asks the validators for their hints without the member.
        rule, new = LengthValidator(), self.fields["new_password1"]
        new.help_text = str(new.help_text).replace(rule.get_help_text(), rule.get_help_text(self.user))

    def clean_old_password(self) -> str:
        password: str = self.cleaned_data["old_password"]
        return password


class AdminPasswordChangeView(PasswordChangeView):
    """Changes the password as the API does: guesses are counted, all other sessions end, and an e-mail is sent."""

    form_class = OwnPasswordChangeForm
    template_name = "admin/password_change.html"
    success_url = reverse_lazy("admin:password_change_done")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add what every page of the admin shows."""
        return (
            super().get_context_data(**kwargs) | admin.site.each_context(self.request) | {"title": _("Change password")}
        )

    def form_valid(self, form: Any) -> HttpResponse:
        """Change the password, or show why not."""
        member, old, new = form.user, form.cleaned_data["old_password"], form.cleaned_data["new_password1"]
        try:
            enforce_rate_limit("password-member", f"member:{member.pk}", self.request)
            change_password(member, old, new, keeping=0)
        except ValidationError as error:
            form.add_error("new_password1", [str(fault) for fault in error.detail["password"]])  # type: ignore[call-overload]
            return self.form_invalid(form)
        # Whatever the rules refuse: a page has no problem document.
        except APIException as error:
            form.add_error("old_password", str(error.detail))
            return self.form_invalid(form)
        member.refresh_from_db(fields=["password"])
        update_session_auth_hash(self.request, member)
        return redirect(str(self.success_url))


def change_own_password(request: HttpRequest) -> HttpResponseBase:
    """Answer like any page of the admin, to staff only."""
    return admin.site.admin_view(AdminPasswordChangeView.as_view(), cacheable=True)(request)
