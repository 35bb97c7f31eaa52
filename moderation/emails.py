"""E-mails about decisions. None names a moderator.

The templates are in templates/emails/moderation/; what a decision says is sentences of its action (`statements.py`).
"""

from typing import Any

from accounts.emails import send
from accounts.models import Member
from moderation.models import Decision, Report
from moderation.statements import Statement


def send_decision(decision: Decision, member: Member) -> None:
    """Send the member the statement of reasons of a decision, or of an undo."""
    template = "decision" if decision.undoes_id is None else "decision_undone"
    statement = Statement.of(decision)
    _send(template, member, {"statement": statement, "occasion": statement.occasion})


def send_outcome(report: Report, reporter: Member) -> None:
    """Send a reporter the outcome of their report; what was done to the other member is not told."""
    context = {"report": report, "is_upheld": report.state == Report.UPHELD, "is_again": _is_decided_again(report)}
    _send("report_outcome", reporter, context)


def _is_decided_again(report: Report) -> bool:
    """Whether the reporter has an older answer: its decision was undone, or an appeal against it upheld."""
    decision = Decision.objects.filter(pk=report.decision_id or 0).first()
    if decision is not None and decision.action == "uphold_appeal":
        return True
    undos = Decision.objects.filter(member_id=report.subject_id, action="undo") if report.subject_id else []
    return any(str(report.pk) in undo.after.get("reports", []) for undo in undos)


def _send(template: str, member: Member, context: dict[str, Any]) -> None:
    send(template, member.email, member.language, context, app="moderation")
