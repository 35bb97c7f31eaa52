"""Forms of web pages that a code by e-mail protects."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from accounts import tickets
from accounts.email_addresses import EMAIL_MAX_LENGTH, parse_email


class AddressForm(forms.Form):
    """The e-mail address to which the code is sent."""

    email = forms.EmailField(label=_("E-mail address"), max_length=EMAIL_MAX_LENGTH)

    def clean_email(self) -> str:
        """Return the address as it is stored; raise ValidationError for one that no e-mail reaches."""
        try:
            return parse_email(self.cleaned_data["email"])
        except ValueError:
            raise ValidationError(EmailValidator.message, "invalid") from None


class CodeForm(AddressForm):
    """The code from the e-mail; address and ticket are hidden fields, since nobody is logged in."""

    email = forms.EmailField(label=_("E-mail address"), max_length=EMAIL_MAX_LENGTH, widget=forms.HiddenInput)
    ticket = forms.CharField(max_length=tickets.MAX_LENGTH, required=False, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
