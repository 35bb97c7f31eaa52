"""Forms of the page on which a password is reset."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.code_forms import CodeForm


class NewPasswordForm(CodeForm):
    """The code from the e-mail and the new password, exactly as typed."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1024,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
