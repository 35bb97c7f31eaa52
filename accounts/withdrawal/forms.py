"""What people type into the page on which they leave without the app."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.email_addresses import EMAIL_MAX_LENGTH, normalised


class AddressForm(forms.Form):
    """Where the code goes."""

    email = forms.EmailField(label=_("E-mail address"), max_length=EMAIL_MAX_LENGTH)

    def clean_email(self) -> str:
        """The address as we keep it, which NFKC may have made longer."""
        email = normalised(self.cleaned_data["email"])
        if len(email) > EMAIL_MAX_LENGTH:
            raise ValidationError(_("Use at most %(most)d characters.") % {"most": EMAIL_MAX_LENGTH}, "max_length")
        return email


class CodeForm(AddressForm):
    """The code from the e-mail; the address is carried along, since this page knows nobody."""

    email = forms.EmailField(max_length=EMAIL_MAX_LENGTH, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("Code from the e-mail"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
