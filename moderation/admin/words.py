"""The list of words and the rules in the admin: changed by decisions, and tried out on a text."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from libs.admin import DetailPageMixin, ReadOnlyAdmin
from moderation.actions import ACTIONS
from moderation.admin.action_links import action_links, actor_of
from moderation.admin.reason_page import ReasonPage
from moderation.models import ListedWord, Rules
from moderation.models.listed_word import WORD_MAX_LENGTH
from moderation.reasons import DECISION_REASONS, REASON_LABELS
from moderation.words import find_words


class TextForm(forms.Form):
    """Asks for a text to try the list on."""

    text = forms.CharField(label=gettext_lazy("Text"), max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}))


def word_fields() -> dict[str, forms.Field]:
    """Return the fields of a new word."""
    return {
        "word": forms.CharField(label=_("Word"), max_length=WORD_MAX_LENGTH),
        "is_whole": forms.BooleanField(label=_("Only as a whole word"), required=False),
        "reaction": forms.ChoiceField(label=_("What happens"), choices=list(ListedWord.REACTIONS.items())),
        "violation": forms.ChoiceField(
            label=_("Reason of the reports"), choices=[(code, REASON_LABELS[code]) for code in DECISION_REASONS]
        ),
    }


def rules_fields(rules: Rules) -> dict[str, forms.Field]:
    """Return the fields of the rules as they are now."""
    return {
        "hides_reported_posts": forms.BooleanField(
            label=_("Hide posts that many members report"), required=False, initial=rules.hides_reported_posts
        ),
        "reporters_to_hide": forms.IntegerField(label=_("Trusted reporters"), initial=rules.reporters_to_hide),
    }


def describe_rules(rules: Rules) -> list[str]:
    """Return whether the rule that hides posts is on, and what it does."""
    options = {name: getattr(rules, name) for name in ("hides_reported_posts", "reporters_to_hide")}
    is_on = _("The rule is on.") if rules.hides_reported_posts else _("The rule is off.")
    return [is_on, *ACTIONS["change_rules"].describe(rules, **options)]


@admin.register(ListedWord)
class ListedWordAdmin(DetailPageMixin, ReadOnlyAdmin):
    """Shows the list of words; pages of its own change it, change the rules, and try the list on a text."""

    detail_template = "admin/moderation/word.html"
    change_list_template = "admin/moderation/words.html"
    list_display = ("text", "reaction", "reason", "is_whole", "created_at")
    list_filter = ("reaction",)
    search_fields = ("text__icontains",)
    ordering = ("text",)

    def get_urls(self) -> list[URLPattern]:
        """Add the pages."""
        views = {"add-word": self.add_word, "rules": self.change_rules, "test": self.test_words}
        pages = [
            path(f"{name}/", self.admin_site.admin_view(view), name=f"moderation_words_{name.replace('-', '_')}")
            for name, view in views.items()
        ]
        return [*pages, *super().get_urls()]

    def get_details(self, request: HttpRequest, row: ListedWord) -> dict[str, Any]:
        """The word, and the link that removes it."""
        return {"links": action_links(row, actor_of(request))}

    def add_word(self, request: HttpRequest) -> HttpResponse:
        """Add a word, by a decision."""
        return self._change(request, "add_word", word_fields(), _("Texts that are published from now on are checked."))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, and whether the rule that hides posts is on."""
        rules = {"rules": describe_rules(Rules.objects.current())}
        return super().changelist_view(request, rules | (extra_context or {}))

    def change_rules(self, request: HttpRequest) -> HttpResponse:
        """Change the rules that act by themselves, by a decision."""
        rules = Rules.objects.current()
        preview = _("A hidden post waits for a moderator, who finds it in the queue.")
        return self._change(request, "change_rules", rules_fields(rules), preview, describe_rules(rules))

    def _change(
        self, request: HttpRequest, name: str, fields: dict[str, forms.Field], preview: str, state: Sequence[str] = ()
    ) -> HttpResponse:
        action, actor = ACTIONS[name], actor_of(request)
        if not actor.may(action.permission):
            raise PermissionDenied
        page = ReasonPage(
            title=str(action.label),
            subject="",
            preview=[preview],
            reasons=action.reasons,
            languages=[],
            state=state,
            decide=partial(action.run, Rules.objects.current(), by=actor),
            back=reverse("admin:moderation_listedword_changelist"),
            back_label=str(capfirst(ListedWord._meta.verbose_name_plural)),
            initial_reason="policy",
            fields=fields,
        )
        return page.respond(request)

    def test_words(self, request: HttpRequest) -> HttpResponse:
        """Show which words of the list a text has; nothing is stored."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = TextForm(request.POST if request.method == "POST" else None)
        found = find_words(form.cleaned_data["text"]) if form.is_bound and form.is_valid() else None
        context = {"title": _("Try the list on a text"), "form": form, "found": found, "opts": self.opts}
        return TemplateResponse(
            request, "admin/moderation/test_words.html", self.admin_site.each_context(request) | context
        )
