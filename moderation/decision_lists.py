"""Lists of decisions for the members whom they concern; as many statements for one decision as for fifty."""

from collections.abc import Sequence
from typing import Any

from moderation.appeals import may_be_appealed
from moderation.models import Appeal, Decision
from moderation.statements import Statement


def decision_representations(decisions: Sequence[Decision]) -> list[dict[str, Any]]:
    """Return decisions as their member reads them, each with its appeal and whether it is undone."""
    ids = [decision.pk for decision in decisions]
    undone_ids = [decision.undoes_id for decision in decisions if decision.undoes_id]
    undone = Decision.objects.in_bulk(undone_ids)
    undoing = set(Decision.objects.filter(undoes_id__in=ids).values_list("undoes_id", flat=True))
    appeals = {appeal.decision_id: appeal for appeal in Appeal.objects.filter(decision_id__in=ids)}
    return [
        Statement(decision, undone.get(decision.undoes_id or 0)).to_representation()
        | {
            "is_undone": decision.pk in undoing,
            "may_appeal": may_be_appealed(decision) and decision.pk not in undoing and decision.pk not in appeals,
            "appeal": _appeal_representation(appeals.get(decision.pk)),
        }
        for decision in decisions
    ]


def _appeal_representation(appeal: Appeal | None) -> dict[str, Any] | None:
    if appeal is None:
        return None
    columns = {name: getattr(appeal, name) for name in ("text", "state", "created_at", "decided_at")}
    return {"id": str(appeal.pk), "decision_id": str(appeal.decision_id), **columns}
