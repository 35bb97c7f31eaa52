"""The forms with which a moderator gives the reason of a decision."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from moderation.reasons import REASON_LABELS, TEXT_MAX_LENGTH


class ReasonForm(forms.Form):
    """Asks for a reason, which is required, and for words."""

    reason = forms.ChoiceField(label=_("Reason"))
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=TEXT_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, reasons: Iterable[str], is_read_by_member: bool, first: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**first, **self.fields}
        reason: Any = self.fields["reason"]
        reason.choices = [("", _("Choose a reason")), *((code, REASON_LABELS[code]) for code in reasons)]
        if is_read_by_member:
            self.fields["text"].help_text = _("The member reads this in the e-mail about the decision.")
        else:
            self.fields["text"].help_text = _("Only the staff reads this.")
