"""Forms of the withdrawal pages."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.email_addresses import EMAIL_MAX_LENGTH, normalise_email


class AddressForm(forms.Form):
    """The e-mail address to which the code is sent."""

    email = forms.EmailField(label=_("E-mail address"), max_length=EMAIL_MAX_LENGTH)

    def clean_email(self) -> str:
        """Normalise the address, which NFKC may make longer."""
        email = normalise_email(self.cleaned_data["email"])
        if len(email) > EMAIL_MAX_LENGTH:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": EMAIL_MAX_LENGTH}, "max_length")
        return email


class CodeForm(AddressForm):
    """The code from the e-mail; the address is a hidden field, since nobody is logged in."""

    email = forms.EmailField(max_length=EMAIL_MAX_LENGTH, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
