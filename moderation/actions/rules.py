"""Actions on what moderation does by itself: the list of words, and the rules."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from moderation.actions.base import Action, Effect
from moderation.actors import Actor
from moderation.errors import AlreadyDecided, CannotUndo, OptionInvalid, SubjectGone
from moderation.models import Decision, ListedWord, Rules
from moderation.models.listed_word import WORD_MAX_LENGTH
from moderation.reasons import DECISION_REASONS
from moderation.word_matching import fold_words

# More would hide nothing. A number.
REPORTERS_MAX = 100


class RulesAction(Action):
    """What concerns no member."""

    subject_kind = "rules"
    notifies_member = False
    reasons = ("policy", "mistake", "other")

    def lock(self, pk: int) -> Any:
        return Rules.objects.lock().get()

    def member_of(self, subject: Any) -> None:
        """Return nobody."""


class AddWord(RulesAction):
    """Add a word to the list; the subject is Rules.objects.current()."""

    name = "add_word"
    label = gettext_lazy("Add a word")
    permission = "change_words"

    def name_of(self, subject: Any) -> str:
        return ""

    def _check_options(self, options: Mapping[str, Any]) -> None:
        word = str(options.get("word", "")).strip()
        is_known = options.get("reaction") in ListedWord.REACTIONS and options.get("violation") in DECISION_REASONS
        if options.keys() != {"word", "reaction", "violation", "is_whole"} or not is_known:
            raise OptionInvalid
        if len(word) > WORD_MAX_LENGTH or len("".join(fold_words(word))) < 2:
            raise OptionInvalid(_("A word has at least two letters or digits, and at most 100 characters."))

    def apply(self, subject: Any, actor: Actor, **options: Any) -> Effect:
        word = {"text": options["word"].strip(), "reaction": options["reaction"], "reason": options["violation"]}
        word |= {"is_whole": bool(options["is_whole"])}
        _add_word(word)
        return Effect(after=word)

    def revert(self, subject: Any, decision: Decision) -> Effect:
        _remove_word(decision.after["text"])
        return Effect(before=decision.after)

    def describe(self, subject: Any, **options: Any) -> list[str]:
        return [_("Texts that are published from now on are checked; those that are there already stay.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The word “%(word)s” is on the list no more.") % {"word": decision.after.get("text", "")}]


class RemoveWord(RulesAction):
    """Remove a word from the list."""

    name = "remove_word"
    label = gettext_lazy("Remove the word")
    subject_kind = "listedword"
    permission = "change_words"

    def lock(self, pk: int) -> Any:
        word = ListedWord.objects.select_for_update().filter(pk=pk).first()
        if word is None:
            raise SubjectGone
        return word

    def apply(self, subject: ListedWord, actor: Actor, **options: Any) -> Effect:
        before = {name: getattr(subject, name) for name in ("text", "reaction", "reason", "is_whole")}
        _remove_word(subject.text)
        return Effect(before)

    def record_undo(self, decision: Decision, actor: Actor, *, reason: str, text: str) -> Decision:
        """Add the word again; the row that was its subject is gone."""
        _add_word(decision.before)
        fields = {name: getattr(decision, name) for name in ("subject_kind", "subject_id", "subject_name")}
        effect = Effect(after=decision.before)
        return self._save(actor, effect, action="undo", undoes_id=decision.pk, reason=reason, text=text, **fields)

    def describe(self, subject: ListedWord, **options: Any) -> list[str]:
        return [_("Texts with the word can be published again.")]

    def describe_undo(self, decision: Decision) -> list[str]:
        return [_("The word “%(word)s” is on the list again.") % {"word": decision.before.get("text", "")}]


class ChangeRules(RulesAction):
    """Change what happens by itself; the subject is Rules.objects.current()."""

    name = "change_rules"
    label = gettext_lazy("Change the rules")
    permission = "change_rules"

    def name_of(self, subject: Any) -> str:
        return ""

    def _check_options(self, options: Mapping[str, Any]) -> None:
        number = options.get("reporters_to_hide")
        is_number = isinstance(number, int) and 2 <= number <= REPORTERS_MAX
        if options.keys() != {"hides_reported_posts", "reporters_to_hide"} or not is_number:
            raise OptionInvalid(_("A post is hidden after 2 to 100 reporters."))

    def apply(self, subject: Rules, actor: Actor, **options: Any) -> Effect:
        before = {name: getattr(subject, name) for name in options}
        if before == options:
            raise AlreadyDecided
        Rules.objects.filter(pk=subject.pk).update(**options)
        return Effect(before, options)

    def revert(self, subject: Rules, decision: Decision) -> Effect:
        present = {name: getattr(subject, name) for name in decision.after}
        if present != decision.after:
            raise CannotUndo
        Rules.objects.filter(pk=subject.pk).update(**decision.before)
        return Effect(present, decision.before)

    def describe(self, subject: Rules, **options: Any) -> list[str]:
        return self._sentences(options)

    def describe_undo(self, decision: Decision) -> list[str]:
        return self._sentences(decision.before)

    @staticmethod
    def _sentences(options: Mapping[str, Any]) -> list[str]:
        if not options["hides_reported_posts"]:
            return [_("No post is hidden because of the number of reports.")]
        number = {"number": options["reporters_to_hide"]}
        return [
            _("A post is hidden until a moderator has looked at it, once %(number)d trusted members report it.")
            % number
        ]


def _add_word(word: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            ListedWord.objects.create(**word)
    except IntegrityError:
        raise AlreadyDecided(_("This word is on the list already.")) from None
    _count_version()


def _remove_word(text: str) -> None:
    if not ListedWord.objects.filter(text=text).delete()[0]:
        raise CannotUndo
    _count_version()


def _count_version() -> None:
    Rules.objects.lock().update(words_version=F("words_version") + 1)
