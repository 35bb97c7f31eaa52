"""Statement: what a member is told of a decision that concerns them: what, why, and what they can do."""

from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from moderation.actions import ACTIONS
from moderation.models import Decision, Report
from moderation.models.decision import NAME_MAX_LENGTH
from moderation.reasons import NEEDS_TEXT


@dataclass(frozen=True)
class Statement:
    """A decision as its member sees it, in the language of the present thread. It names no moderator."""

    decision: Decision
    # The decision that this one undoes.
    undone: Decision | None = None

    @classmethod
    def of(cls, decision: Decision) -> Self:
        """Return the statement of a decision, which may undo another one."""
        return cls(decision, Decision.objects.filter(pk=decision.undoes_id or 0).first())

    @property
    def sentences(self) -> list[str]:
        """What was decided, and what it means; with times in the zone for members."""
        with timezone.override(ZoneInfo(settings.MEMBER_TIME_ZONE)):
            return self._sentences()

    def _sentences(self) -> list[str]:
        action = ACTIONS.get((self.undone or self.decision).action)
        if action is None:
            return []
        if self.undone is None:
            return action.statement(self.decision)
        # An appeal is upheld also where there is nothing to restore any more.
        is_restored = bool(self.decision.after) or not self.undone.after
        return action.statement_of_undo(self.undone) if is_restored else [_("It does not count any more.")]

    @property
    def quotation(self) -> str:
        """The beginning of the post or comment that it is about; empty for a decision about the member."""
        about = self.undone or self.decision
        return about.subject_name if about.subject_kind in ("post", "comment") else ""

    @property
    def occasion(self) -> str:
        """The beginning of the post or comment that is the cause of a decision on the member, or that it is about."""
        about = self.undone or self.decision
        if about.subject_kind != "member" or about.report_id is None:
            return self.quotation
        report = Report.objects.filter(pk=about.report_id).exclude(about=Report.MEMBER).first()
        return Truncator(report.subject_text).chars(NAME_MAX_LENGTH) if report else ""

    @property
    def reason(self) -> str:
        """The reason in words; empty for “Another reason”, which says nothing: the text says it."""
        return "" if self.decision.reason in NEEDS_TEXT else self.decision.reason_label

    @property
    def text(self) -> str:
        """The moderator's own words."""
        return self.decision.text

    @property
    def number(self) -> str:
        """The number of the decision, or of the one that is undone."""
        return str((self.undone or self.decision).pk)

    @property
    def appeal_page(self) -> str:
        """The address of the page for an appeal; empty where none is possible."""
        action = ACTIONS.get(self.decision.action)
        if action is None or not action.is_appealable:
            return ""
        return f"{settings.PUBLIC_URL}{reverse('appeal')}?decision={self.decision.pk}"

    def to_representation(self) -> dict[str, Any]:
        """The decision as its member reads it in the API and in the data export."""
        decision, about = self.decision, self.undone or self.decision
        return {
            "id": str(decision.pk),
            "action": decision.action,
            "undoes": str(decision.undoes_id) if decision.undoes_id else None,
            "statement": " ".join(self.sentences),
            "post_id": str(about.subject_id) if about.subject_kind == "post" else None,
            "comment_id": str(about.subject_id) if about.subject_kind == "comment" else None,
            "quotation": self.quotation,
            "reason": decision.reason,
            "text": decision.text,
            "created_at": decision.created_at,
        }
