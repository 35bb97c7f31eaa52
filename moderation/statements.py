"""Statement: what a member is told of a decision that concerns them: what, why, and what they can do."""

from dataclasses import dataclass
from typing import Any

from moderation.actions import ACTIONS
from moderation.models import Decision


@dataclass(frozen=True)
class Statement:
    """A decision as its member sees it, in the language of the present thread. It names no moderator."""

    decision: Decision

    @property
    def undone(self) -> Decision | None:
        """The decision that this one undoes."""
        return Decision.objects.filter(pk=self.decision.undoes_id).first() if self.decision.undoes_id else None

    @property
    def sentences(self) -> list[str]:
        """What was decided, and what it means."""
        undone = self.undone
        action = ACTIONS.get((undone or self.decision).action)
        if action is None:
            return []
        return action.statement_of_undo(undone) if undone else action.statement(self.decision)

    @property
    def quotation(self) -> str:
        """The beginning of the post that it is about; empty for a decision about the member."""
        return self.decision.subject_name if self.decision.subject_kind == "post" else ""

    @property
    def reason(self) -> str:
        """The reason in words."""
        return self.decision.reason_label

    @property
    def text(self) -> str:
        """The moderator's own words."""
        return self.decision.text

    def to_representation(self) -> dict[str, Any]:
        """The decision as its member reads it in the API and in the data export."""
        decision = self.decision
        return {
            "id": str(decision.pk),
            "action": decision.action,
            "undoes": str(decision.undoes_id) if decision.undoes_id else None,
            "statement": " ".join(self.sentences),
            "post_id": str(decision.subject_id) if decision.subject_kind == "post" else None,
            "quotation": self.quotation,
            "reason": decision.reason,
            "text": decision.text,
            "created_at": decision.created_at,
        }

    @property
    def number(self) -> str:
        """The number of the decision, to be quoted in an appeal."""
        undone = self.decision.undoes_id
        return str(undone or self.decision.pk)
