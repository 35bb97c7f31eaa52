"""/appeal/: web pages on which members appeal against a decision without logging in, as suspended ones must."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts.code_forms import AddressForm, CodeForm
from accounts.code_pages import CodePageView, ConfirmCodePageView, RequestCodePageView
from accounts.code_requests import network_of_request
from accounts.models import VerificationCode
from libs.api.fields import parse_id
from moderation.appeals import appeal_with_code
from moderation.errors import AppealNotPossible
from moderation.serializers import AppealTextField

NOT_ABOUT_YOU = _("There is no decision about you with this number.")


class AppealAddressForm(AddressForm):
    """The e-mail address, and the number of the decision from the link in the e-mail."""

    number = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)


class AppealForm(CodeForm):
    """The code, the decision, and the words of the member."""

    number = forms.CharField(
        label=_("Number of the decision"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    text = forms.CharField(label=_("Why is the decision wrong?"), max_length=20_000, widget=forms.Textarea)

    def clean_number(self) -> int:
        """Return the id; raise ValidationError."""
        number = parse_id(self.cleaned_data["number"].strip())
        if number is None:
            raise ValidationError(NOT_ABOUT_YOU, "invalid")
        return number

    def clean_text(self) -> str:
        """Return the words by the rule of the API; raise ValidationError."""
        try:
            return str(AppealTextField().run_validation(self.cleaned_data["text"]))
        except serializers.ValidationError as error:
            raise ValidationError([str(fault) for fault in error.detail], "invalid") from None


class AppealMixin(CodePageView):
    """What both pages have in common."""

    folder = "moderation/appeal"


class AppealPageView(AppealMixin, RequestCodePageView):
    """Ask for the e-mail address."""

    form_class = AppealAddressForm
    code_form_class = AppealForm
    purpose = VerificationCode.APPEAL

    def get_initial(self) -> dict[str, Any]:
        """Take the number of the decision from the link, which is no secret."""
        return {"number": self.request.GET.get("decision", "")[:20]}


class AppealConfirmPageView(AppealMixin, ConfirmCodePageView):
    """Ask for the code from the e-mail and the words, and appeal."""

    form_class = AppealForm

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the first page."""
        return redirect("appeal")

    def use_code(self, data: dict[str, Any]) -> None:
        """Appeal. Raises Http404 or AppealNotPossible too."""
        requester = {"network": network_of_request(self.request), "ticket": data["ticket"]}
        code = VerificationCode.objects.check_code(data["code"], VerificationCode.APPEAL, data["email"], **requester)
        appeal_with_code(code, data["number"], data["text"])

    def form_valid(self, form: Any) -> HttpResponse:
        """Appeal, or say what is wrong; the code stays valid then."""
        try:
            return super().form_valid(form)
        except Http404:
            form.add_error("number", NOT_ABOUT_YOU)
        except AppealNotPossible as error:
            form.add_error("number", str(error.detail))
        return self.form_invalid(form)
