"""The forms with which a moderator gives the reason of a decision."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
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

    def __init__(self, *args: Any, reasons: Iterable[str], languages: Sequence[str], first: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {**first, **self.fields}
        reason: Any = self.fields["reason"]
        reason.choices = [("", _("Choose a reason")), *((code, REASON_LABELS[code]) for code in reasons)]
        self.fields["text"].help_text = who_reads(languages)


def who_reads(languages: Sequence[str]) -> str:
    """Return who reads the text, for the codes of the languages of the members who do."""
    if not languages:
        return gettext("Only the staff reads this.")
    names = dict(settings.LANGUAGES)
    if len(languages) == 1:
        sentence = gettext(
            "The member reads this in the e-mail about the decision. Language of the member: %(language)s."
        )
        return sentence % {"language": names.get(languages[0], languages[0])}
    counts = ", ".join(f"{names.get(code, code)} ({number})" for code, number in Counter(languages).most_common())
    sentence = gettext(
        "The members read this in the e-mails about the decisions. Languages of the members: %(languages)s."
    )
    return sentence % {"languages": counts}
