"""The reasons of reports and decisions, and how severe each is."""

from typing import Any

from django.utils.translation import gettext_lazy as _

# What a report or a decision accuses somebody of. `unspecified` is for clients that do not ask for a reason.
VIOLATIONS: dict[str, Any] = {
    "spam": _("Spam or advertising"),
    "harassment": _("Harassment or bullying"),
    "hate": _("Hate or discrimination"),
    "nudity": _("Nudity or sexual content"),
    "violence": _("Violence or threats"),
    "self_harm": _("Self-harm or suicide"),
    "child_safety": _("Endangering children"),
    "impersonation": _("Pretending to be somebody else"),
    "illegal": _("Against the law"),
    "other": _("Another reason"),
    "unspecified": _("No reason given"),
}
# Reasons of decisions that accuse nobody.
OTHER_REASONS: dict[str, Any] = {
    "no_violation": _("No violation of our rules was found"),
    "abusive_reports": _("Reports that are made to harm others"),
    "account_security": _("To protect the account"),
    "appeal": _("An appeal"),
    "decision_stands": _("The decision is right"),
    "by_rule": _("By a rule, without a person"),
    "gone": _("What was reported is gone"),
    "investigation": _("To look into a report"),
    "mistake": _("The decision was a mistake"),
    "operation": _("The work of operators"),
    "policy": _("A change of our rules"),
    "request": _("At the request of the person concerned"),
    "staffing": _("A change in the team"),
    "triage": _("Distribution of reports in the team"),
}
REASON_LABELS = VIOLATIONS | OTHER_REASONS

# Reasons that a decision against somebody may have.
DECISION_REASONS = tuple(code for code in VIOLATIONS if code != "unspecified")
# Reasons that are nothing without a text.
NEEDS_TEXT = ("other",)
TEXT_MAX_LENGTH = 2_000
